"""The operator's switch for all councils."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from bot.storage.database import Database
from bot.storage.statements import upsert
from bot.storage.team_tables import switches

_COUNCILS = "councils"
_REASON = select(switches.c.reason).where(switches.c.name == _COUNCILS)


class SqlSwitch:
    """`bot.ports.Switch` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reason(self) -> str | None:
        """Return why councils are halted, None if they are not."""
        return await self._database.read(lambda connection: connection.scalar(_REASON))

    async def halt(self, reason: str) -> None:
        """Halt them."""
        row = {"name": _COUNCILS, "reason": reason, "set_at": datetime.now(UTC)}

        def write(connection: Connection) -> None:
            connection.execute(upsert(connection.dialect.name, switches, ["reason", "set_at"]), row)

        await self._database.write(write)

    async def go_on(self) -> None:
        """Let them go on."""

        def write(connection: Connection) -> None:
            connection.execute(delete(switches).where(switches.c.name == _COUNCILS))

        await self._database.write(write)

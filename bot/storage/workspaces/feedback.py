"""What people think of final answers."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from bot.errors import NotFound
from bot.storage.columns import clean
from bot.storage.database import Database
from bot.storage.statements import upsert
from bot.storage.tables import deliberations, feedback


class SqlFeedback:
    """`bot.ports.Feedback` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rate(self, deliberation_id: str, person: str, *, is_good: bool) -> None:
        """Note a person's thumb, up or down, in place of the one before. Raises `NotFound`."""
        row = {
            "deliberation_id": clean(deliberation_id),
            "person": person,
            "is_good": is_good,
            "given_at": datetime.now(UTC),
        }

        def write(connection: Connection) -> bool:
            known = select(deliberations.c.id).where(deliberations.c.id == row["deliberation_id"])
            if connection.scalar(known) is None:
                return False
            connection.execute(
                upsert(connection.dialect.name, feedback, ["is_good", "given_at"]), row
            )
            return True

        if not await self._database.write(write):
            message = "There is no deliberation of that id."
            raise NotFound(message)

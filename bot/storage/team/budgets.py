"""What is spent and set aside."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, select

from bot.domain import Spent, Tenant
from bot.storage.database import Database
from bot.storage.team.settling import AT_ONCE, due, settle, sweep
from bot.storage.team_tables import owned, spending

# Old sums harm nobody for an hour.
_SWEEP_EVERY_S = 3600.0


class SqlBudgets:
    """`bot.ports.Budgets` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept_at: float | None = None

    async def spent(self, tenant: Tenant, keys: Collection[str]) -> Mapping[str, Spent]:
        """Return what is spent or set aside under keys."""
        row = spending.c
        found = select(row.key, row.micros, row.councils).where(
            *owned(spending, tenant),
            row.key.in_(sorted(keys)),
            row.councils > 0,  # one that was refused leaves an empty sum
        )

        def read(connection: Connection) -> dict[str, Spent]:
            rows = connection.execute(found)
            return {key: Spent(micros, councils) for key, micros, councils in rows}

        return await self._database.read(read)

    async def settle(self) -> int:
        """Count what ended deliberations have cost; return how many were settled.

        Those that settle at once in several processes count once. Sums that nobody asks for any
        more are deleted now and then.
        """
        settled = 0
        while ids := await self._database.read(due):
            settled += await self._database.write(partial(settle, ids=ids))
            if len(ids) < AT_ONCE:
                break
        await self._sweep()
        return settled

    async def _sweep(self) -> None:
        now = time.monotonic()
        if self._swept_at is None or now - self._swept_at > _SWEEP_EVERY_S:
            await self._database.write(partial(sweep, now=datetime.now(UTC)))
            self._swept_at = now

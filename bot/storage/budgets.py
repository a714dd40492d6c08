"""What workspaces have spent and set aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import Spent, Tenant
from bot.storage.database import Database


class SqlBudgets:
    """`bot.ports.Budgets` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, tenant: Tenant, keys: Collection[str]) -> Mapping[str, Spent]:
        """Return what is spent or set aside under keys."""
        raise NotImplementedError

    async def settle(self) -> int:
        """Count what ended deliberations have cost; return how many were settled."""
        raise NotImplementedError

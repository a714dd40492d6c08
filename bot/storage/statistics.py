"""How members fared, counted from what is on record."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain import MemberRecord, Place, Tenant
from bot.storage.database import Database


class SqlStatistics:
    """`bot.ports.Statistics` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def members(self, place: Place) -> tuple[MemberRecord, ...]:
        """Return how members fared in a channel, or in a workspace."""
        raise NotImplementedError

    async def weights(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, float]:
        """Return what the ballots of models count in a workspace."""
        return {}

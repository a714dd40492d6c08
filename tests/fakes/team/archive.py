"""Looking back and forgetting, in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from datetime import datetime

from bot.domain import Deliberation, MemberRecord, Place, Tenant
from tests.fakes.records import FakeRecords


class FakeStatistics:
    """Implements `bot.ports.Statistics`; `found` and `earned` are what it answers."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records
        self.found: tuple[MemberRecord, ...] = ()
        self.earned: Mapping[str, float] = {}

    async def members(self, place: Place) -> tuple[MemberRecord, ...]:
        """Return how members fared."""
        return self.found

    async def weights(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, float]:
        """Return what ballots count."""
        return self.earned


class FakeArchive:
    """Implements `bot.ports.Archive`."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace."""
        raise NotImplementedError

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked and thought."""
        raise NotImplementedError

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace."""
        raise NotImplementedError

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps."""
        raise NotImplementedError

    async def export(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace."""
        raise NotImplementedError
        yield

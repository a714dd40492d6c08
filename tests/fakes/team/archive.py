"""Looking back and forgetting, in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.app import COUNCIL
from bot.domain import Deliberation, MemberRecord, Place, Remark, Tenant
from bot.errors import NotFound
from bot.ports import Holdings, TeamSettings
from bot.reports import ROOT
from tests.fakes.records import FakeRecords
from tests.fakes.team.settings import FakeTeamSettings

_GRACE = timedelta(days=30)


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
    """Implements `bot.ports.Archive`; of what teams set it reads how long they keep things.

    `departures` are the workspaces that left, and when.
    """

    def __init__(
        self,
        records: FakeRecords,
        settings: TeamSettings | None = None,
        *,
        retention_days: int | None = None,
    ) -> None:
        self.departures: dict[Tenant, datetime] = {}
        self._records = records
        self._settings = settings or FakeTeamSettings()
        self._retention_days = retention_days

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace."""
        if not self._drop(lambda known: known.id == deliberation_id and _is_of(known, tenant)):
            message = "There is no deliberation of that id."
            raise NotFound(message)

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked."""
        return self._drop(
            lambda known: known.question.asker_id == person_id and _is_of(known, tenant)
        )

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace."""
        self._drop(lambda known: _is_of(known, tenant))
        self.departures.pop(tenant, None)

    async def leave(self, tenant: Tenant, at: datetime | None = None) -> None:
        """Note that a workspace took the bot away."""
        self.departures.setdefault(tenant, at or datetime.now(UTC))

    async def come_back(self, tenant: Tenant) -> None:
        """Note that a workspace has the bot again."""
        self.departures.pop(tenant, None)

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps."""
        before = len(self._records.known)
        for tenant, at in tuple(self.departures.items()):
            theirs = [known for known in self._records.known.values() if _is_of(known, tenant)]
            if at <= now - _GRACE and all(known.created_at <= at for known in theirs):
                await self.forget_workspace(tenant)
        for tenant in {known.question.place.tenant for known in self._records.known.values()}:
            workspace, _ = await self._settings.at(Place(tenant.platform, tenant.workspace, ""))
            days = workspace.settings.retention_days or self._retention_days
            if days is not None:
                self._drop_old(tenant, now - timedelta(days=days))
        return before - len(self._records.known)

    def _drop_old(self, tenant: Tenant, moment: datetime) -> None:
        self._drop(
            lambda known: (
                _is_of(known, tenant) and known.state.is_final and known.created_at < moment
            )
        )

    def _drop(self, is_meant: Callable[[Deliberation], bool]) -> int:
        self._records.check()
        meant = [known for known in self._records.known.values() if is_meant(known)]
        for known in meant:
            self._hush_followers(known)
            self._records.drop(known.id)
        return len(meant)

    def _hush_followers(self, gone: Deliberation) -> None:
        """Take what it said out of the context of those that follow it."""
        root = self._records.posts.get((gone.id, ROOT, 1))
        threads = {gone.question.place.thread, root.thread if root else None} - {None}
        said = {Remark(gone.question.asker, gone.question.text)}
        if gone.synthesis is not None:
            said.add(Remark(COUNCIL, gone.synthesis.text))
        for known in tuple(self._records.known.values()):
            place = known.question.place
            near = replace(place, thread=None) == replace(gone.question.place, thread=None)
            if near and place.thread in threads:
                kept = tuple(remark for remark in known.question.context if remark not in said)
                question = replace(known.question, context=kept)
                self._records.known[known.id] = replace(known, question=question)


class FakeExports:
    """Implements `bot.ports.Exports`; `held` is what each workspace has set."""

    def __init__(self, records: FakeRecords) -> None:
        self.held = Holdings({}, {}, (), (), ())
        self._records = records

    async def tenants(self) -> tuple[Tenant, ...]:
        """Return the workspaces of which anything is known."""
        theirs = {known.question.place.tenant for known in self._records.known.values()}
        return tuple(sorted(theirs, key=lambda tenant: (tenant.platform, tenant.workspace)))

    async def holdings(self, tenant: Tenant) -> Holdings:
        """Return what a workspace has set."""
        return self.held

    async def deliberations(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace."""
        theirs = [known for known in self._records.known.values() if _is_of(known, tenant)]
        for known in sorted(theirs, key=lambda known: (known.created_at, known.id)):
            yield known


def _is_of(known: Deliberation, tenant: Tenant) -> bool:
    return known.question.place.tenant == tenant

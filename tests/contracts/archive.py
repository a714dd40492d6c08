"""What every implementation of the ports for looking back and forgetting must do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import (
    Deliberation,
    Place,
    PlaceSettings,
    Post,
    PostState,
    Remark,
    SettingsChange,
    State,
    Tenant,
)
from bot.domain.events import Fact, StageBegan
from bot.errors import NotFound
from bot.ports import Archive, Exports, Records, TeamSettings
from tests.contracts.records import a_deliberation, a_synthesis, an_answer

HERE = Tenant("slack", "T1")
THERE = Tenant("slack", "T2")
DAY = timedelta(days=1)
NOW = datetime.now(UTC)

MakeArchive = Callable[[int | None], Archive]
"""Makes an archive by the days that the operator keeps things, None for ever."""


async def asked(
    records: Records,
    *facts: Fact,
    tenant: Tenant = HERE,
    by: str | None = "U1",
    thread: str | None = None,
    context: tuple[Remark, ...] = (),
) -> Deliberation:
    """Store a deliberation that was asked in a workspace, and these facts of it."""
    new = a_deliberation()
    place = Place(tenant.platform, tenant.workspace, "C1", thread)
    question = replace(new.question, place=place, asker_id=by, context=context)
    now = datetime.now(UTC)
    new = await records.create(replace(new, question=question, created_at=now))
    await records.save(new, facts)
    return new


async def keep(settings: TeamSettings, tenant: Tenant, days: int) -> None:
    """Let a workspace keep things for some days."""
    place = Place(tenant.platform, tenant.workspace, "")
    change = SettingsChange("", "U1", "Uma", datetime.now(UTC), ("Kept for less.",))
    await settings.change(place, PlaceSettings(retention_days=days), change, number=0)


async def left(records: Records, *deliberations: Deliberation) -> list[bool]:
    """Say which deliberations are still there."""
    there: list[bool] = []
    for deliberation in deliberations:
        try:
            await records.load(deliberation.id)
            there.append(True)
        except NotFound:
            there.append(False)
    return there


class ArchiveContract:
    """Holds for all archives; give `records`, `settings` and `make_archive`."""

    @pytest.fixture
    def archive(self, make_archive: MakeArchive) -> Archive:
        return make_archive(None)

    async def test_a_forgotten_one_is_gone_and_its_neighbours_stay(
        self, archive: Archive, records: Records
    ) -> None:
        one, other = [await asked(records, an_answer(), a_synthesis()) for _ in range(2)]

        await archive.forget(HERE, one.id)

        assert await left(records, one, other) == [False, True]

    async def test_what_another_workspace_asked_is_not_found(
        self, archive: Archive, records: Records
    ) -> None:
        theirs = await asked(records, tenant=THERE)

        for tenant in (HERE, Tenant("discord", "T2")):
            with pytest.raises(NotFound):
                await archive.forget(tenant, theirs.id)
            assert await archive.forget_person(tenant, "U1") == 0
            await archive.forget_workspace(tenant)

        assert await left(records, theirs) == [True]

    async def test_what_is_forgotten_already_is_not_found(
        self, archive: Archive, records: Records
    ) -> None:
        one = await asked(records)
        await archive.forget(HERE, one.id)

        for unknown in (one.id, "nobody", "no\0body"):
            with pytest.raises(NotFound):
                await archive.forget(HERE, unknown)

    async def test_follow_ups_lose_what_they_repeat_of_a_forgotten_one(
        self, archive: Archive, records: Records
    ) -> None:
        one = await asked(records, a_synthesis("It scatters."), thread="17.4")
        said = (Remark("Uma", one.question.text), Remark("Council", "It scatters."))
        other = Remark("Zoë", "It is grey.")
        follower = await asked(records, by="U2", thread="17.4", context=(*said, other))
        elsewhere = await asked(records, by="U2", thread="17.5", context=said)

        await archive.forget(HERE, one.id)

        assert (await records.load(follower.id)).question.context == (other,)
        assert (await records.load(elsewhere.id)).question.context == said

    async def test_follow_ups_in_the_thread_that_it_opened_lose_it_too(
        self, archive: Archive, records: Records
    ) -> None:
        one = await asked(records)
        root = Post(one.id, "root", PostState.SENT, "9.1", thread="9.1")
        await records.save(one, [], posts=[root])
        context = (Remark("Uma", one.question.text),)
        follower = await asked(records, by="U2", thread="9.1", context=context)

        await archive.forget_person(HERE, "U1")

        assert (await records.load(follower.id)).question.context == ()

    async def test_what_a_person_asked_is_forgotten_in_this_workspace_alone(
        self, archive: Archive, records: Records
    ) -> None:
        mine = [await asked(records) for _ in range(3)]
        others = [
            await asked(records, by="U2"),
            await asked(records, by=None),
            await asked(records, tenant=THERE),
        ]

        assert await archive.forget_person(HERE, "U1") == 3

        assert await left(records, *mine, *others) == [False] * 3 + [True] * 3

    async def test_a_forgotten_workspace_leaves_the_others(
        self, archive: Archive, records: Records
    ) -> None:
        mine = [await asked(records, by=by) for by in ("U1", "U2", None)]
        theirs = await asked(records, tenant=THERE)

        await archive.forget_workspace(HERE)

        assert await left(records, *mine, theirs) == [False] * 3 + [True]

    async def test_nothing_is_purged_where_nothing_is_set(
        self, archive: Archive, records: Records
    ) -> None:
        old = await asked(records, a_synthesis())

        assert await archive.purge(datetime.now(UTC) + 10_000 * DAY) == 0
        assert await left(records, old) == [True]

    async def test_what_is_older_than_the_operator_keeps_is_purged(
        self, make_archive: MakeArchive, records: Records
    ) -> None:
        archive = make_archive(7)
        old = [await asked(records, a_synthesis(), tenant=tenant) for tenant in (HERE, THERE)]

        assert await archive.purge(datetime.now(UTC) + 8 * DAY) == 2
        assert await archive.purge(datetime.now(UTC) + 8 * DAY) == 0

        assert await left(records, *old) == [False, False]

    async def test_a_workspace_sets_how_long_it_keeps_things(
        self, make_archive: MakeArchive, records: Records, settings: TeamSettings
    ) -> None:
        archive = make_archive(7)
        mine, theirs = [
            await asked(records, a_synthesis(), tenant=tenant) for tenant in (HERE, THERE)
        ]
        await keep(settings, HERE, 30)
        await keep(settings, THERE, 3)

        assert await archive.purge(datetime.now(UTC) + 8 * DAY) == 1

        assert await left(records, mine, theirs) == [True, False]

    async def test_one_that_has_not_ended_is_never_purged(
        self, make_archive: MakeArchive, records: Records
    ) -> None:
        running = await asked(records, an_answer(), StageBegan(State.REVIEWING))

        assert await make_archive(1).purge(datetime.now(UTC) + 100 * DAY) == 0
        assert await left(records, running) == [True]

    async def test_a_purge_of_many_deletes_all_of_them(
        self, make_archive: MakeArchive, records: Records
    ) -> None:
        old = [await asked(records, a_synthesis()) for _ in range(120)]

        assert await make_archive(1).purge(datetime.now(UTC) + 3 * DAY) == 120
        assert not any(await left(records, *old))

    async def test_a_workspace_that_left_is_forgotten_after_the_time_of_grace(
        self, archive: Archive, records: Records
    ) -> None:
        mine = await asked(records, an_answer())
        theirs = await asked(records, tenant=THERE)
        now = mine.created_at + DAY
        await archive.leave(HERE, now)

        assert await archive.purge(now + 29 * DAY) == 0
        assert await archive.purge(now + 30 * DAY) == 1

        assert await left(records, mine, theirs) == [False, True]

    async def test_a_workspace_that_leaves_twice_left_the_first_time(
        self, archive: Archive, records: Records
    ) -> None:
        mine = await asked(records)
        now = mine.created_at + DAY
        await archive.leave(HERE, now)
        await archive.leave(HERE, now + 20 * DAY)

        await archive.purge(now + 30 * DAY)

        assert await left(records, mine) == [False]

    async def test_a_workspace_that_comes_back_keeps_all(
        self, archive: Archive, records: Records
    ) -> None:
        mine = await asked(records)
        await archive.leave(HERE, mine.created_at)
        await archive.come_back(HERE)
        await archive.come_back(THERE)

        await archive.purge(mine.created_at + 100 * DAY)

        assert await left(records, mine) == [True]

    async def test_a_workspace_that_has_asked_since_it_left_is_back(
        self, archive: Archive, records: Records
    ) -> None:
        mine = await asked(records)
        await archive.leave(HERE, mine.created_at - DAY)

        await archive.purge(mine.created_at + 100 * DAY)

        assert await left(records, mine) == [True]


class ExportsContract:
    """Holds for all exports; give `records` and `exports`."""

    async def test_all_deliberations_come_whole_the_oldest_first(
        self, exports: Exports, records: Records
    ) -> None:
        mine = [await asked(records, an_answer(), a_synthesis()) for _ in range(12)]
        await asked(records, tenant=THERE)

        found = [one async for one in exports.deliberations(HERE)]

        assert [one.id for one in found] == [one.id for one in mine]
        assert found[0] == await records.load(mine[0].id)

    async def test_the_workspaces_of_which_anything_is_known_are_listed_once(
        self, exports: Exports, records: Records
    ) -> None:
        assert await exports.tenants() == ()
        elsewhere = Tenant("discord", "G1")
        for tenant in (HERE, HERE, elsewhere):
            await asked(records, tenant=tenant)

        assert await exports.tenants() == (elsewhere, HERE)

    async def test_a_workspace_that_asked_nothing_exports_nothing(self, exports: Exports) -> None:
        assert [one async for one in exports.deliberations(Tenant("slack", "T9"))] == []

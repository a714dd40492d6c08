"""What every implementation of `bot.ports.Schedules` must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.domain import Place, Schedule, Tenant
from bot.errors import Changed, NotFound
from bot.ports import Schedules

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLACE = Place("slack", "T1", "C1")
HERE, ELSEWHERE = PLACE.tenant, (Tenant("slack", "T2"), Tenant("discord", "T1"))


def a_schedule(name: str = "s1", place: Place = PLACE, *, due: datetime | None = NOON) -> Schedule:
    """Return a schedule that has an id of its own."""
    return Schedule(
        id=name,
        place=place,
        owner_id="U1",
        owner="Ada",
        question="What should we watch today?",
        rule="0 9 * * 1-5",
        typed="weekdays 09:00",
        time_zone="Europe/Berlin",
        created_at=NOON,
        next_due_at=due,
    )


class SchedulesContract:
    """Holds for all schedules; give `schedules`."""

    async def test_a_schedule_is_kept_whole(self, schedules: Schedules) -> None:
        plain = a_schedule()
        paused = replace(
            a_schedule("s2"),
            takes_discussion=True,
            pause="The channel is archived.",
            next_due_at=None,
            last_due_at=NOON + timedelta(microseconds=1),
            number=7,
        )

        await schedules.add(plain)
        await schedules.add(paused)

        assert await schedules.get(HERE, "s1") == plain
        assert await schedules.get(HERE, "s2") == paused

    async def test_an_id_that_is_taken_is_refused_whoever_has_it(
        self, schedules: Schedules
    ) -> None:
        first = a_schedule(place=Place("discord", "T9", "C9"))
        await schedules.add(first)

        with pytest.raises(Changed):
            await schedules.add(a_schedule())

        assert await schedules.get(first.place.tenant, "s1") == first

    @pytest.mark.parametrize("tenant", ELSEWHERE)
    async def test_another_workspace_finds_nothing(
        self, schedules: Schedules, tenant: Tenant
    ) -> None:
        known = a_schedule()
        await schedules.add(known)
        place = Place(tenant.platform, tenant.workspace, PLACE.channel)

        with pytest.raises(NotFound, match=r"There is no schedule of that id\."):
            await schedules.get(tenant, "s1")
        with pytest.raises(NotFound):
            await schedules.save(replace(known, place=place, question="Mine now?"))
        with pytest.raises(NotFound):
            await schedules.remove(tenant, "s1")

        assert await schedules.all(place) == ()
        assert await schedules.all(replace(place, channel="")) == ()
        assert await schedules.get(HERE, "s1") == known

    async def test_all_are_those_of_a_channel_or_a_workspace(self, schedules: Schedules) -> None:
        old = replace(a_schedule("s9"), created_at=NOON - MINUTE)
        young = a_schedule("s1")
        next_door = replace(
            a_schedule("s3", replace(PLACE, channel="C2")), created_at=NOON + MINUTE
        )
        for one in (next_door, young, old):
            await schedules.add(one)

        assert await schedules.all(PLACE) == (old, young)
        assert await schedules.all(replace(PLACE, channel="")) == (old, young, next_door)
        assert await schedules.all(replace(PLACE, channel="C3")) == ()

    async def test_a_saved_one_has_the_next_number(self, schedules: Schedules) -> None:
        await schedules.add(a_schedule())

        saved = await schedules.save(replace(a_schedule(), question="And now?", pause=""))

        assert saved == replace(a_schedule(), question="And now?", pause="", number=2)
        assert await schedules.get(HERE, "s1") == saved

    async def test_what_somebody_else_changed_is_not_changed_unseen(
        self, schedules: Schedules
    ) -> None:
        await schedules.add(a_schedule())
        saved = await schedules.save(replace(a_schedule(), question="And now?"))

        with pytest.raises(Changed, match="look at it again"):
            await schedules.save(replace(a_schedule(), question="Or this?"))

        assert await schedules.get(HERE, "s1") == saved

    async def test_of_many_who_save_at_once_one_succeeds(self, schedules: Schedules) -> None:
        await schedules.add(a_schedule())

        ends = await asyncio.gather(
            *(schedules.save(replace(a_schedule(), typed=str(number))) for number in range(8)),
            return_exceptions=True,
        )

        assert sorted(type(end).__name__ for end in ends) == ["Changed"] * 7 + ["Schedule"]

    async def test_a_removed_one_is_gone(self, schedules: Schedules) -> None:
        await schedules.add(a_schedule())

        await schedules.remove(HERE, "s1")

        with pytest.raises(NotFound):
            await schedules.save(a_schedule())
        with pytest.raises(NotFound):
            await schedules.remove(HERE, "s1")
        assert await schedules.due(NOON) == ()

    async def test_due_are_those_of_all_workspaces_the_longest_due_first(
        self, schedules: Schedules
    ) -> None:
        zone = timezone(timedelta(hours=9))
        late = a_schedule("s1", due=NOON)
        later = a_schedule("s2", Place("discord", "G1", "C1"), due=NOON - MINUTE)
        for one in (
            late,
            later,
            a_schedule("s3", due=None),
            a_schedule("s4", due=(NOON + MINUTE).astimezone(zone)),
        ):
            await schedules.add(one)

        assert await schedules.due(NOON) == (later, late)
        assert await schedules.due(NOON.astimezone(zone)) == (later, late)
        assert await schedules.due(NOON, limit=1) == (later,)
        assert await schedules.due(NOON - 2 * MINUTE) == ()

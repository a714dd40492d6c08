"""What every implementation of `Turns` must do; subclass and give `records` and `turns`."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Ahead, Deliberation, Room, Tenant, Turn
from bot.domain.events import DeliberationCancelled, Fact
from bot.errors import OverLimit
from bot.ports import Records, Turns
from tests.contracts.records import a_deliberation, a_synthesis

HERE = ("slack",)


async def asked(
    records: Records,
    *facts: Fact,
    channel: str = "C1",
    workspace: str = "T1",
    platform: str = "slack",
    is_scheduled: bool = False,
) -> Deliberation:
    """Store a deliberation that was asked in a place, and these facts of it."""
    new = a_deliberation()
    place = replace(
        new.question.place, platform=platform, workspace=workspace, channel=channel, thread=None
    )
    question = replace(new.question, place=place, is_scheduled=is_scheduled, attachments=())
    new = await records.create(replace(new, question=question))
    await records.save(new, facts)
    return new


async def cancel(records: Records, deliberation: Deliberation) -> None:
    """Cancel one as the app does."""
    taken_up = await records.take_up(deliberation.id)
    await records.save(taken_up, [DeliberationCancelled()])


async def take(
    turns: Turns,
    by: str = "p1",
    most: int = 100,
    *,
    per_channel: int | None = 1,
    served: tuple[Tenant, ...] = (),
) -> list[str]:
    """Take turns, and return whose they are."""
    taken = await turns.take(HERE, by, most, per_channel=per_channel, served=served)
    return [turn.deliberation_id for turn in taken]


def ids(*deliberations: Deliberation) -> list[str]:
    """Return the ids of deliberations."""
    return [deliberation.id for deliberation in deliberations]


class TurnsContract:
    """Holds for all turns over their records."""

    async def test_a_new_question_waits_for_its_turn(self, records: Records, turns: Turns) -> None:
        new = await asked(records, is_scheduled=True)

        assert await turns.find(new.id) == Turn(new.id, 0, Tenant("slack", "T1"), is_scheduled=True)
        assert await turns.taken(HERE) == ()

    async def test_a_turn_that_is_taken_belongs_to_its_process(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records)

        (turn,) = await turns.take(HERE, "p1", 5)

        found = Turn(new.id, 0, Tenant("slack", "T1"), taken_by="p1")
        assert replace(turn, taken_by="p1") == found
        assert await turns.find(new.id) == found
        assert await turns.taken(HERE) == (found,)
        assert await take(turns, "p2") == []

    async def test_a_turn_tells_the_epoch_and_whether_it_is_over(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records)
        await records.take_up(new.id)
        await cancel(records, new)

        (turn,) = await turns.take(HERE, "p1", 5)

        assert (turn.epoch, turn.is_over) == (2, True)

    async def test_no_more_are_taken_than_there_is_room_for(
        self, records: Records, turns: Turns
    ) -> None:
        new = [await asked(records, channel=f"C{number}") for number in range(5)]

        assert await take(turns, most=2) == ids(*new[:2])
        assert await take(turns, most=2) == ids(*new[2:4])
        assert await take(turns, most=2) == ids(new[4])

    @pytest.mark.parametrize(
        ("per_channel", "numbers"), [(1, [0, 3]), (2, [0, 1, 3]), (None, [0, 1, 2, 3])]
    )
    async def test_so_many_of_a_channel_are_taken_at_a_time(
        self, records: Records, turns: Turns, per_channel: int | None, numbers: list[int]
    ) -> None:
        new = [await asked(records, channel=channel) for channel in ("C1", "C1", "C1", "C2")]

        first = await take(turns, per_channel=per_channel)

        assert first == [new[number].id for number in numbers]

    async def test_what_another_process_has_counts_in_its_channel(
        self, records: Records, turns: Turns
    ) -> None:
        new = [await asked(records) for _ in range(4)]

        taken = [await take(turns, f"p{number}", 1, per_channel=2) for number in range(3)]
        await records.save(new[0], [a_synthesis()])
        await turns.release(new[0].id)

        assert taken == [ids(new[0]), ids(new[1]), []]
        assert await take(turns, "p3", per_channel=2) == ids(new[2])

    async def test_channels_of_one_name_are_others_elsewhere(
        self, records: Records, turns: Turns
    ) -> None:
        new = [await asked(records, workspace=workspace) for workspace in ("T1", "T2")]

        assert await take(turns) == ids(*new)

    async def test_a_person_is_before_a_schedule_in_a_channel(
        self, records: Records, turns: Turns
    ) -> None:
        scheduled = await asked(records, is_scheduled=True)
        person = await asked(records)

        assert await take(turns) == ids(person)
        await turns.give_back(ids(person))
        await cancel(records, person)
        assert await take(turns) == ids(scheduled)

    async def test_workspaces_are_served_in_turn(self, records: Records, turns: Turns) -> None:
        many = [await asked(records, channel=f"C{number}") for number in range(3)]
        one = await asked(records, workspace="T2")

        first = await take(turns, most=1, served=(Tenant("slack", "T2"), Tenant("slack", "T1")))
        second = await take(turns, "p2", most=1)

        assert first == ids(one)
        assert second == ids(many[0])

    async def test_other_platforms_are_left_to_others(self, records: Records, turns: Turns) -> None:
        other = await asked(records, platform="discord")
        one, two = [await asked(records, channel=channel) for channel in ("C1", "C2")]

        assert await take(turns) == ids(one, two)
        assert [turn.deliberation_id for turn in await turns.taken(HERE)] == ids(one, two)
        assert await turns.taken(["discord"]) == ()
        (turn,) = await turns.take(["discord"], "p2", 1)
        assert turn.deliberation_id == other.id

    async def test_a_turn_may_go_over_to_another_process(
        self, records: Records, turns: Turns
    ) -> None:
        one, two = [await asked(records, channel=channel) for channel in ("C1", "C2")]
        await take(turns, "dead", 1)

        await turns.keep([*ids(one, two), "nobody"], "p2")

        assert [turn.taken_by for turn in await turns.taken(HERE)] == ["p2", "p2"]

    async def test_what_is_given_back_waits_in_its_old_place(
        self, records: Records, turns: Turns
    ) -> None:
        one, two = [await asked(records, channel=channel) for channel in ("C1", "C2")]
        await take(turns)

        await turns.give_back(ids(two, one))

        assert await take(turns, "p2") == ids(one, two)

    async def test_only_what_a_process_has_is_given_back_for_it(
        self, records: Records, turns: Turns
    ) -> None:
        one, two = [await asked(records, channel=channel) for channel in ("C1", "C2")]
        await take(turns, "p1", 1)
        await take(turns, "p2", 1)

        await turns.give_back([*ids(one, two), "nobody"], "p2")

        assert await take(turns, "p3") == ids(two)

    async def test_only_the_turn_of_one_that_has_ended_is_over(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records)
        await take(turns)

        await turns.release(new.id)
        assert await turns.find(new.id) is not None
        await records.save(new, [a_synthesis()])
        assert await turns.find(new.id) is not None
        await turns.release(new.id)
        assert await turns.find(new.id) is None
        await turns.release(new.id)

    async def test_a_cancelled_one_that_nobody_took_up_needs_no_turn(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records)

        await cancel(records, new)

        assert await turns.find(new.id) is None
        assert await take(turns) == []

    @pytest.mark.parametrize("is_given_back", [False, True])
    async def test_a_cancelled_one_that_has_begun_keeps_its_turn(
        self, records: Records, turns: Turns, *, is_given_back: bool
    ) -> None:
        new = await asked(records)
        await take(turns)
        await records.take_up(new.id)
        if is_given_back:
            await turns.give_back(ids(new))

        await cancel(records, new)

        turn = await turns.find(new.id)
        assert turn is not None
        assert turn.is_over

    async def test_one_that_is_cancelled_as_it_is_taken_keeps_its_turn(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records)
        await take(turns)

        await cancel(records, new)

        assert await turns.find(new.id) is not None

    async def test_those_that_were_cancelled_are_told(self, records: Records, turns: Turns) -> None:
        waiting, done, cancelled = [await asked(records) for _ in range(3)]
        await records.save(done, [a_synthesis()])
        await cancel(records, cancelled)

        found = await turns.cancelled([*ids(waiting, done, cancelled), "nobody"])

        assert found == (cancelled.id,)
        assert await turns.cancelled([]) == ()

    async def test_who_waits_hears_how_many_are_before(
        self, records: Records, turns: Turns
    ) -> None:
        taken = await asked(records)
        await take(turns)
        await asked(records, workspace="T2")
        await asked(records, channel="C2")
        await asked(records)
        new = await asked(records)
        await asked(records)

        assert await turns.ahead(new.id) == Ahead(in_channel=2, in_workspace=2, in_all=3)
        assert await turns.ahead(taken.id) == Ahead()
        assert await turns.ahead("nobody") == Ahead()

    async def test_people_are_ahead_of_schedules_whenever_they_asked(
        self, records: Records, turns: Turns
    ) -> None:
        scheduled = await asked(records, is_scheduled=True)
        person = await asked(records)

        assert await turns.ahead(person.id) == Ahead()
        assert await turns.ahead(scheduled.id) == Ahead(1, 1, 1)

    async def test_a_redelivery_makes_no_second_turn(self, records: Records, turns: Turns) -> None:
        new = a_deliberation()
        for _ in range(2):
            await records.create(new, delivery="again")
        await records.create(a_deliberation(), delivery="again")

        assert await take(turns, per_channel=None) == ids(new)

        await records.save(new, [a_synthesis()])
        await turns.release(new.id)
        await records.create(new, delivery="again")
        assert await turns.find(new.id) is None

    async def test_a_reopened_one_waits_at_the_end_of_the_line(
        self, records: Records, turns: Turns
    ) -> None:
        new = await asked(records, DeliberationCancelled())
        other = await asked(records, channel="C2")
        assert await turns.find(new.id) is None

        await records.take_up(new.id, is_fresh=True)

        assert await turns.find(new.id) == Turn(new.id, 1, Tenant("slack", "T1"))
        assert await take(turns) == ids(other, new)

    async def test_one_that_goes_on_keeps_its_turn(self, records: Records, turns: Turns) -> None:
        new = await asked(records)
        await take(turns)

        await records.take_up(new.id)
        await records.take_up(new.id, is_fresh=True)

        turn = await turns.find(new.id)
        assert turn == Turn(new.id, 2, Tenant("slack", "T1"), taken_by="p1")

    async def test_one_that_was_refused_has_no_turn(self, records: Records, turns: Turns) -> None:
        room = Room(in_workspace=1)
        await records.create(a_deliberation(), room=room)
        late = a_deliberation()

        with pytest.raises(OverLimit):
            await records.create(late, room=room)

        assert await turns.find(late.id) is None

    async def test_open_ones_without_a_turn_get_one(self, records: Records, turns: Turns) -> None:
        waiting, ended, running, elsewhere = [
            await asked(records, channel=f"C{number}", platform=platform)
            for number, platform in enumerate(["slack", "slack", "slack", "discord"])
        ]
        await self.lose(turns)
        await records.save(ended, [a_synthesis()])

        await turns.mend(HERE, [running.id])

        assert await take(turns) == ids(waiting)
        assert await turns.find(elsewhere.id) is None

    async def test_mending_changes_no_turn(self, records: Records, turns: Turns) -> None:
        one, two = [await asked(records, channel=channel) for channel in ("C1", "C2")]
        await take(turns, most=1)
        before = [await turns.find(each) for each in ids(one, two)]

        await turns.mend(HERE)

        assert [await turns.find(each) for each in ids(one, two)] == before

    async def test_what_is_taken_at_one_moment_is_taken_once(
        self, records: Records, turns: Turns
    ) -> None:
        for number in range(12):
            await asked(records, channel=f"C{number % 6}")

        taken = await asyncio.gather(*(take(turns, f"p{number}", 4) for number in range(4)))

        everybody = [each for theirs in taken for each in theirs]
        assert len(everybody) == len(set(everybody)) == 6

    async def lose(self, turns: Turns) -> None:
        """Delete all turns, as if a version without them had stored what is there."""
        raise NotImplementedError

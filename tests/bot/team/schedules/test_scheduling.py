from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.app import App
from bot.domain import Person, Place, PlaceSettings, Remark, Schedule, Tie
from bot.errors import BadConfig, BadQuestion, Changed, NotAllowed, NotFound, OverLimit, WrongUse
from bot.team.asking import Asking
from bot.team.schedules import scheduling
from bot.team.schedules.scheduling import MOST_IN_CHANNEL, Plan
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.rooms import FakeRooms
from tests.fakes.team import fake_team, set_in
from tests.fakes.team.schedules import FakeSchedules
from tests.fakes.work import FakeWork

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)
PLACE = Place("slack", "T1", "C1")
ADA, BOB, BOSS = Person("U1", "Ada"), Person("U2", "Bob"), Person("U9", "Kim", is_admin=True)
PLAN = Plan("weekdays 09:00", "What should we watch today?")
NEXT = datetime(2026, 11, 25, 9, tzinfo=UTC)


class House:
    def __init__(self, work: FakeWork) -> None:
        self.work, self.records = work, FakeRecords()
        self.team = fake_team(COUNCIL, self.records)
        self.asking = Asking(App(records=self.records, work=work, platforms=["slack"]), self.team)

    async def set(self, settings: PlaceSettings) -> None:
        await set_in(self.team, PLACE, settings)

    async def add(self, person: Person = ADA, plan: Plan = PLAN, place: Place = PLACE) -> Schedule:
        return await scheduling.add(self.team, person, place, plan)

    async def known(self) -> Schedule:
        (known,) = await self.team.schedules.all(PLACE)
        return known


@pytest.fixture(autouse=True)
def clock() -> Generator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with FakeWork() as work:
        yield House(work)


async def test_a_schedule_is_added_for_the_next_time(house: House) -> None:
    added = await house.add()

    assert await house.known() == added
    assert (added.rule, added.next_due_at, added.pause) == ("0 9 * * 1-5", NEXT, None)
    assert (added.owner_id, added.owner, added.typed) == ("U1", "Ada", "weekdays 09:00")
    assert len(added.id) == 5


async def test_it_belongs_to_the_channel_even_if_added_in_a_thread(house: House) -> None:
    added = await house.add(place=replace(PLACE, thread="17.1"))

    assert added.place == PLACE


async def test_its_time_is_that_of_the_channels_time_zone(house: House) -> None:
    await house.set(PlaceSettings(time_zone="America/New_York"))

    added = await house.add()

    assert added.time_zone == "America/New_York"
    assert added.next_due_at == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        (Plan("99:99", "What now?"), BadConfig),
        (Plan("30 2 30 2 *", "What now?"), BadConfig),
        (Plan("daily 09:00", ""), BadQuestion),
        (Plan("daily 09:00", "x" * 3001), BadQuestion),
        (Plan("daily 09:00", "{date}" * 300), BadQuestion),
        (Plan("daily 09:00", "What\0?"), BadQuestion),
    ],
)
async def test_what_makes_no_sense_is_not_added(
    house: House, plan: Plan, error: type[WrongUse]
) -> None:
    with pytest.raises(error):
        await house.add(plan=plan)

    assert await house.team.schedules.all(PLACE) == ()


async def test_an_unknown_time_zone_is_refused_in_a_sentence(house: House) -> None:
    await house.set(PlaceSettings(time_zone="Europe/Berlim"))

    with pytest.raises(BadConfig, match="did you mean `Europe/Berlin`"):
        await house.add()


@pytest.mark.parametrize("tie", [Tie.GUEST, Tie.STRANGER, Tie.APP])
async def test_who_may_not_ask_may_not_add_or_change_or_run(house: House, tie: Tie) -> None:
    added, other = await house.add(), replace(ADA, tie=tie)

    with pytest.raises(NotAllowed):
        await house.add(other)
    with pytest.raises(NotAllowed):
        await scheduling.edit(house.team, other, PLACE, added.id, PLAN)
    for change in (scheduling.pause, scheduling.resume, scheduling.skip, scheduling.remove):
        with pytest.raises(NotAllowed):
            await change(house.team, other, PLACE, added.id)
    with pytest.raises(NotAllowed):
        await scheduling.run(house.asking, other, PLACE, added.id)

    assert await house.known() == added
    assert await house.records.search() == ()


async def test_somebody_elses_is_changed_by_those_who_may_configure(house: House) -> None:
    added = await house.add()

    with pytest.raises(NotAllowed, match="Only Ada, whose schedule this is"):
        await scheduling.edit(house.team, BOB, PLACE, added.id, Plan("daily 10:00", "Mine now?"))
    for change in (scheduling.pause, scheduling.resume, scheduling.skip, scheduling.remove):
        with pytest.raises(NotAllowed, match="Only Ada, whose schedule this is"):
            await change(house.team, BOB, PLACE, added.id)
    assert await house.known() == added

    paused = await scheduling.pause(house.team, BOSS, PLACE, added.id)
    assert paused.owner_id == "U1"
    await house.set(PlaceSettings(configurers=("U2",)))
    await scheduling.remove(house.team, BOB, PLACE, added.id)
    assert await house.team.schedules.all(PLACE) == ()


@pytest.mark.parametrize(
    "place", [Place("slack", "T1", "C2"), Place("slack", "T2", "C1"), Place("discord", "T1", "C1")]
)
async def test_other_channels_and_workspaces_find_nothing(house: House, place: Place) -> None:
    added, team = await house.add(), house.team

    with pytest.raises(NotFound, match="in this channel"):
        await scheduling.edit(team, BOSS, place, added.id, PLAN)
    for change in (scheduling.pause, scheduling.resume, scheduling.skip, scheduling.remove):
        with pytest.raises(NotFound):
            await change(team, BOSS, place, added.id)
    with pytest.raises(NotFound):
        await scheduling.run(house.asking, BOSS, place, added.id)

    assert await house.known() == added


async def test_what_somebody_writes_is_asked_in_nobody_elses_name(house: House) -> None:
    added = await house.add()
    await house.set(PlaceSettings(configurers=(BOB.id,)))

    changed = await scheduling.edit(house.team, BOB, PLACE, added.id, Plan("hourly", "Mine now?"))

    assert (added.owner_id, changed.owner_id, changed.owner) == (ADA.id, BOB.id, "Bob")
    with pytest.raises(NotAllowed, match="Only Bob, whose schedule this is"):
        await scheduling.remove(house.team, ADA, PLACE, added.id)


async def test_a_channel_holds_so_many_and_no_more(house: House) -> None:
    for _ in range(MOST_IN_CHANNEL):
        await house.add()

    with pytest.raises(OverLimit, match="20 questions repeat in this channel already"):
        await house.add()
    await house.add(place=replace(PLACE, channel="C2"))

    ids = [one.id for one in await house.team.schedules.all(replace(PLACE, channel=""))]
    assert len(set(ids)) == MOST_IN_CHANNEL + 1


async def test_an_id_that_is_taken_is_drawn_again(house: House) -> None:
    class Crowded(FakeSchedules):
        refused = 0

        async def add(self, schedule: Schedule) -> None:
            if self.refused < 3:
                self.refused += 1
                message = "Another schedule has this id; please try again."
                raise Changed(message)
            await super().add(schedule)

    house.team = replace(house.team, schedules=Crowded())

    assert await house.add() == await house.known()


async def test_a_new_time_counts_from_now(house: House) -> None:
    added = await house.add()

    plan = Plan("daily 13:00", "And today, {weekday}?", takes_discussion=True)
    changed = await scheduling.edit(house.team, ADA, PLACE, added.id.upper(), plan)

    assert changed == await house.known()
    assert changed.next_due_at == NOW + timedelta(hours=1)
    assert (changed.question, changed.takes_discussion) == ("And today, {weekday}?", True)


async def test_a_new_question_leaves_the_next_time_as_it_is(house: House) -> None:
    added = await house.add()
    skipped = await scheduling.skip(house.team, ADA, PLACE, added.id)

    changed = await scheduling.edit(
        house.team, ADA, PLACE, added.id, Plan("weekdays 9am", "And now?")
    )

    assert changed.next_due_at == skipped.next_due_at


async def test_an_edited_one_takes_on_the_channels_time_zone(house: House) -> None:
    added = await house.add()
    await house.set(PlaceSettings(time_zone="Europe/Berlin"))

    changed = await scheduling.edit(house.team, ADA, PLACE, added.id, PLAN)

    assert changed.next_due_at == NEXT - timedelta(hours=1)


async def test_what_was_asked_is_not_due_again_after_a_clock_went_back(
    house: House, clock: time_machine.Traveller
) -> None:
    added = await house.add()
    await house.team.schedules.save(replace(added, last_due_at=NEXT, next_due_at=NEXT + DAY))
    clock.move_to(NEXT - timedelta(hours=2))

    plan = Plan("daily 09:00", "And now?")
    changed = await scheduling.edit(house.team, ADA, PLACE, added.id, plan)
    await scheduling.pause(house.team, ADA, PLACE, added.id)
    resumed = await scheduling.resume(house.team, ADA, PLACE, added.id)

    assert changed.next_due_at == resumed.next_due_at == NEXT + DAY


async def test_a_paused_one_is_not_due_until_it_is_resumed(
    house: House, clock: time_machine.Traveller
) -> None:
    added = await house.add()

    paused = await scheduling.pause(house.team, ADA, PLACE, added.id)
    clock.move_to(NEXT + DAY + timedelta(minutes=1))
    due_while_paused = await house.team.schedules.due(datetime.now(UTC))
    resumed = await scheduling.resume(house.team, ADA, PLACE, added.id)

    assert (paused.pause, paused.next_due_at, due_while_paused) == ("", None, ())
    assert (resumed.pause, resumed.next_due_at) == (None, NEXT + 2 * DAY)


async def test_an_edited_one_stays_paused(house: House) -> None:
    added = await house.add()
    await scheduling.pause(house.team, ADA, PLACE, added.id)

    changed = await scheduling.edit(
        house.team, ADA, PLACE, added.id, Plan("daily 10:00", "And now?")
    )

    assert (changed.pause, changed.next_due_at) == ("", None)


async def test_one_that_goes_on_anyway_is_resumed_to_no_effect(house: House) -> None:
    added = await house.add()

    assert await scheduling.resume(house.team, ADA, PLACE, added.id) == added


async def test_the_next_time_is_passed_over(house: House) -> None:
    added = await house.add()

    skipped = await scheduling.skip(house.team, ADA, PLACE, added.id)

    assert skipped.next_due_at == NEXT + DAY
    assert skipped.last_due_at is None


async def test_a_paused_one_has_no_next_time_to_pass_over(house: House) -> None:
    added = await house.add()
    await scheduling.pause(house.team, ADA, PLACE, added.id)

    with pytest.raises(WrongUse, match="resume it first"):
        await scheduling.skip(house.team, ADA, PLACE, added.id)


async def test_it_is_run_at_once_in_the_name_of_who_says_so(house: House) -> None:
    added = await house.add(plan=replace(PLAN, question="What of {date}?", takes_discussion=True))
    rooms = FakeRooms()
    rooms.remarks["C1"] = [(NOW - timedelta(hours=1), Remark("Cy", "News."))]

    asked = await scheduling.run(house.asking, BOB, PLACE, added.id, rooms=rooms)
    again = await scheduling.run(house.asking, BOB, PLACE, added.id)

    assert asked.question.text == "What of 24 November 2026?"
    assert (asked.question.asker, asked.question.asker_id) == ("Bob (weekdays 09:00)", "U2")
    assert not asked.question.is_scheduled
    assert asked.question.context == (Remark("Cy", "News."),)
    assert again.id != asked.id
    assert house.work.started == [(asked.id, 0), (again.id, 0)]
    assert await house.known() == added


async def test_a_delivery_that_comes_again_adds_nothing_again(house: House) -> None:
    first, again = [
        await scheduling.add(house.team, ADA, PLACE, PLAN, delivery="view:V1") for _ in range(2)
    ]
    other = await scheduling.add(house.team, BOB, PLACE, PLAN, delivery="view:V1")

    assert first == again
    assert other.id != first.id
    assert len(await house.team.schedules.all(PLACE)) == 2

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app import App
from bot.domain import (
    ROOMY,
    Cap,
    Deliberation,
    Person,
    Place,
    PlaceSettings,
    Remark,
    Room,
    Schedule,
    Tie,
)
from bot.errors import ChatBusy, ChatError, ChatRefused, ChatUnclear, OverLimit, StorageError
from bot.team.asking import Asking
from bot.team.schedules.due import Scheduler
from tests.contracts.schedules import a_schedule
from tests.fakes.clock import HandClock
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.rooms import FakeRooms
from tests.fakes.team import fake_team, set_in
from tests.fakes.work import FakeWork

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADA = Person("U1", "Ada")
PLACE = Place("slack", "T1", "C1")
DAILY = replace(
    a_schedule(due=NINE), rule="0 9 * * *", typed="daily 09:00", time_zone="UTC", created_at=NINE
)


class FullRecords(FakeRecords):
    """Records under a limit that has no room."""

    async def create(
        self,
        deliberation: Deliberation,
        *,
        delivery: str | None = None,
        caps: Sequence[Cap] = (),
        room: Room = ROOMY,
    ) -> Deliberation:
        message = "The channel has spent its $5.00 of today; it resets at midnight."
        raise OverLimit(message)


class House:
    """Schedules, rooms and a clock that is moved by hand."""

    def __init__(self, work: FakeWork, records: FakeRecords) -> None:
        self.work, self.records = work, records
        self.clock = HandClock(NINE - MINUTE)
        self.rooms = FakeRooms()
        self.rooms.people = {ADA.id: ADA}
        self.team = fake_team(COUNCIL, records)
        self.asking = Asking(App(records=records, work=work, platforms=["slack"]), self.team)
        self.scheduler = self.process()

    def process(self, clock: HandClock | None = None) -> Scheduler:
        """Return one of several that look after the same schedules."""
        return Scheduler(self.asking, {"slack": self.rooms}, clock or self.clock)

    async def add(self, *schedules: Schedule) -> None:
        for one in schedules:
            await self.team.schedules.add(one)

    async def tick_at(self, *moments: datetime) -> None:
        for self.clock.now in moments:
            await self.scheduler.tick()

    async def known(self, name: str = "s1") -> Schedule:
        return await self.team.schedules.get(PLACE.tenant, name)

    async def asked(self) -> list[str]:
        """Return the questions that were asked, the oldest first."""
        found = await self.records.search(limit=1000)
        return [one.question.text for one in reversed(found)]

    async def set(self, settings: PlaceSettings) -> None:
        await set_in(self.team, PLACE, settings)


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with FakeWork() as work:
        yield House(work, FakeRecords())


@pytest.fixture
async def full_house() -> AsyncGenerator[House]:
    async with FakeWork() as work:
        yield House(work, FullRecords())


async def test_a_question_is_asked_when_it_is_due_and_not_before(house: House) -> None:
    await house.add(DAILY)

    await house.tick_at(NINE - MINUTE)
    assert await house.asked() == []
    await house.tick_at(NINE, NINE, NINE + MINUTE)

    assert await house.asked() == [DAILY.question]
    assert len(house.work.started) == 1
    moved = replace(DAILY, last_due_at=NINE, next_due_at=NINE + DAY, number=2)
    assert await house.known() == moved


async def test_it_is_asked_in_its_owners_name_and_says_how_it_repeats(house: House) -> None:
    await house.add(DAILY)

    await house.tick_at(NINE)

    (asked,) = await house.records.search()
    assert asked.question.asker == "Ada (daily 09:00)"
    assert asked.question.asker_id == ADA.id
    assert asked.question.is_scheduled
    assert asked.question.place == PLACE


async def test_date_and_weekday_are_those_of_its_time_zone_when_it_was_due(house: House) -> None:
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    question = "{weekday}, {date}: what of {this}?"
    tokyo = replace(DAILY, question=question, time_zone="Asia/Tokyo", next_due_at=late)
    await house.add(tokyo)

    await house.tick_at(late + HOUR)

    assert await house.asked() == ["Wednesday, 25 November 2026: what of {this}?"]


async def test_processes_that_tick_at_once_ask_once(house: House) -> None:
    hourly = replace(DAILY, rule="0 * * * *")
    await house.add(hourly)
    processes = [house.process() for _ in range(4)]

    for hour in range(24):
        house.clock.now = NINE + hour * HOUR
        await asyncio.gather(*(each.tick() for each in processes))

    assert len(await house.asked()) == 24
    assert len({one for one, _ in house.work.started}) == 24


async def test_processes_whose_clocks_differ_ask_once(house: House) -> None:
    await house.add(replace(DAILY, rule="0 * * * *"))
    fast = [HandClock(NINE + minutes * MINUTE) for minutes in (0, 30, 59, 60, 61, 120)]

    for _ in range(24):
        await asyncio.gather(*(house.process(clock).tick() for clock in fast))
        for clock in fast:
            clock.move(HOUR)

    assert len(await house.asked()) == 26


@pytest.mark.parametrize(
    ("zone", "rule", "day", "shown"),
    [
        ("Europe/Berlin", "30 2 * * *", "2026-03-28", ["02:30", "03:00", "02:30"]),
        ("Europe/Berlin", "30 2 * * *", "2026-10-24", ["02:30", "02:30", "02:30"]),
        ("America/New_York", "30 2 * * *", "2026-03-07", ["02:30", "03:00", "02:30"]),
        ("America/New_York", "30 1 * * *", "2026-10-31", ["01:30", "01:30", "01:30"]),
    ],
)
async def test_when_clocks_change_it_is_asked_once_a_day(
    house: House, zone: str, rule: str, day: str, shown: list[str]
) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo(zone))
    due_at = (midnight + timedelta(minutes=int(rule[:2]), hours=int(rule[3]))).astimezone(UTC)
    await house.add(
        replace(DAILY, rule=rule, time_zone=zone, question="{date}", next_due_at=due_at)
    )

    asked_at: list[str] = []
    house.clock.now = midnight.astimezone(UTC)
    for _ in range(3 * 24 * 6):
        known = len(await house.asked())
        await house.scheduler.tick()
        if len(await house.asked()) > known:
            asked_at.append(f"{house.clock.now.astimezone(ZoneInfo(zone)):%H:%M}")
        house.clock.move(10 * MINUTE)

    assert asked_at == shown
    assert len(set(await house.asked())) == 3


async def test_a_leap_day_is_asked_in_leap_years(house: House) -> None:
    first = datetime(2028, 2, 29, 9, tzinfo=UTC)
    await house.add(replace(DAILY, rule="0 9 29 2 *", question="{date}", next_due_at=first))

    await house.tick_at(*(NINE + days * DAY for days in range(0, 8 * 365, 1)))

    assert await house.asked() == ["29 February 2028", "29 February 2032"]


async def test_a_clock_that_jumps_ahead_and_back_repeats_nothing(house: House) -> None:
    await house.add(replace(DAILY, rule="0 * * * *", question="{date}"))

    await house.tick_at(NINE, NINE + MINUTE)
    await house.tick_at(NINE + 2 * HOUR, NINE + 2 * HOUR + MINUTE)
    jumped = [NINE + minutes * MINUTE for minutes in range(2, 121)]
    await house.tick_at(*jumped)

    assert len(await house.asked()) == 2
    await house.tick_at(NINE + 3 * HOUR)
    assert len(await house.asked()) == 3


async def test_a_clock_that_jumps_ahead_over_a_due_time_has_it_asked(house: House) -> None:
    await house.add(DAILY)

    await house.tick_at(NINE - HOUR, NINE + HOUR, NINE - HOUR, NINE, NINE + HOUR)

    assert len(await house.asked()) == 1
    assert (await house.known()).next_due_at == NINE + DAY


async def test_a_clock_that_jumps_back_before_it_was_noted_repeats_nothing(house: House) -> None:
    await house.add(DAILY)
    await house.tick_at(NINE)
    await house.team.schedules.remove(PLACE.tenant, "s1")
    await house.add(DAILY)  # as if the process died between the two

    await house.tick_at(NINE - 2 * HOUR, NINE, NINE + MINUTE)

    assert len(await house.asked()) == 1
    assert (await house.known()).last_due_at == NINE


@pytest.mark.parametrize(
    ("down", "asked", "rule"),
    [
        (3 * DAY, ["27 November 2026"], "0 9 * * *"),
        (3 * DAY + 5 * HOUR, ["27 November 2026"], "0 9 * * *"),
        (3 * DAY + 6 * HOUR, [], "0 9 * * *"),
        (3 * HOUR, ["24 November 2026"], "0 9 * * *"),
        (3 * DAY + 7 * HOUR, ["27 November 2026"], "0 * * * *"),
    ],
)
async def test_after_a_downtime_the_latest_missed_one_is_asked_within_the_grace_time(
    house: House, down: timedelta, asked: list[str], rule: str
) -> None:
    await house.add(replace(DAILY, rule=rule, question="{date}"))

    await house.tick_at(NINE + down, NINE + down + MINUTE)

    assert await house.asked() == asked
    following = (await house.known()).next_due_at
    assert following is not None
    assert following > house.clock.now


async def test_what_was_said_since_the_last_time_comes_along_by_choice(house: House) -> None:
    before, since = Remark("Bob", "Old news."), Remark("Cy", "Fresh news.")
    house.rooms.remarks["C1"] = [(NINE - 2 * DAY, before), (NINE - HOUR, since)]
    talk = replace(DAILY, takes_discussion=True)
    await house.add(talk, replace(DAILY, id="s2", question="Without?"))

    await house.tick_at(NINE, NINE + DAY)

    contexts = [one.question.context for one in await house.records.search()]
    assert sorted(contexts, key=len) == [(), (), (), (since,)]


async def test_since_the_last_time_may_be_longer_than_a_day(house: House) -> None:
    said = [(NINE - 3 * DAY + MINUTE, Remark("Bob", "On the weekend."))]
    house.rooms.remarks["C1"] = said
    await house.add(replace(DAILY, takes_discussion=True, last_due_at=NINE - 3 * DAY))

    await house.tick_at(NINE)

    (asked,) = await house.records.search()
    assert asked.question.context == (said[0][1],)


async def test_a_channel_that_is_gone_pauses_it_and_tells_its_owner_once(house: House) -> None:
    house.rooms.faults["C1"] = "The channel is archived."
    await house.add(DAILY)
    processes = [house.process() for _ in range(4)]
    house.clock.now = NINE

    for _ in range(3):
        await asyncio.gather(*(each.tick() for each in processes))

    paused = await house.known()
    assert (paused.pause, paused.next_due_at) == ("The channel is archived.", None)
    (told,) = house.rooms.told
    assert told[0] == ADA.id
    assert "The channel is archived." in told[1]
    assert "/council schedule resume s1" in told[1]
    assert await house.asked() == []


@pytest.mark.parametrize("tie", [Tie.GUEST, Tie.STRANGER, Tie.APP])
async def test_an_owner_who_may_not_ask_any_more_pauses_it(house: House, tie: Tie) -> None:
    house.rooms.people[ADA.id] = replace(ADA, tie=tie)
    await house.add(DAILY)

    await house.tick_at(NINE, NINE + DAY)

    assert (await house.known()).pause
    assert len(house.rooms.told) == 1
    assert await house.asked() == []


async def test_an_owner_who_is_not_named_any_more_pauses_it(house: House) -> None:
    await house.set(PlaceSettings(askers=("U7",)))
    await house.add(DAILY)

    await house.tick_at(NINE)

    assert "Only some people may ask here." in ((await house.known()).pause or "")


async def test_an_owner_who_is_gone_pauses_it(house: House) -> None:
    house.rooms.people = {}
    await house.add(DAILY)

    await house.tick_at(NINE)

    assert (await house.known()).pause == "This person is not here any more."


async def test_a_channel_that_cannot_be_read_pauses_what_takes_its_discussion(
    house: House,
) -> None:
    class Silent(FakeRooms):
        async def said(self, place: Place, since: datetime, *, most: int) -> tuple[Remark, ...]:
            message = "I may not read this channel."
            raise ChatRefused(message)

    house.rooms = Silent()
    house.rooms.people = {ADA.id: ADA}
    house.scheduler = house.process()
    await house.add(replace(DAILY, takes_discussion=True))

    await house.tick_at(NINE)

    assert (await house.known()).pause == "I may not read this channel."


async def test_a_zone_that_is_gone_pauses_it(house: House) -> None:
    await house.add(replace(DAILY, time_zone="Mars/Base"))

    await house.tick_at(NINE)

    assert "There is no time zone" in ((await house.known()).pause or "")


@pytest.mark.parametrize(
    "error",
    [
        ChatError("Down."),
        ChatBusy("Wait.", retry_after_s=5),
        ChatUnclear("Lost."),
        ChatRefused("The bot's token is void."),
    ],
)
async def test_what_the_platform_could_not_do_is_tried_again_a_minute_later(
    house: House, error: ChatError
) -> None:
    house.rooms.break_next(error)
    await house.add(DAILY)

    await house.tick_at(NINE, NINE + timedelta(seconds=1), NINE + timedelta(seconds=59))
    assert house.rooms.calls == ["fault"]
    assert await house.known() == DAILY
    await house.tick_at(NINE + MINUTE)

    assert len(await house.asked()) == 1
    assert (await house.known()).last_due_at == NINE


async def test_a_clock_that_jumps_back_does_not_lengthen_the_rest(house: House) -> None:
    house.rooms.break_next(ChatError("Down."))
    await house.add(DAILY)

    await house.tick_at(NINE + 2 * HOUR, NINE)

    assert len(await house.asked()) == 1


async def test_a_platform_that_is_down_for_too_long_is_waited_for_the_next_time(
    house: House,
) -> None:
    minutes = 7 * 60
    house.rooms.break_next(*(ChatError("Down.") for _ in range(minutes)))
    await house.add(DAILY)

    await house.tick_at(*(NINE + minute * MINUTE for minute in range(minutes)))

    assert await house.asked() == []
    assert (await house.known()).next_due_at == NINE + DAY
    assert house.rooms.told == []


async def test_a_limit_without_room_skips_it_and_tells_its_owner(full_house: House) -> None:
    await full_house.add(DAILY)

    await full_house.tick_at(NINE, NINE + MINUTE)

    (told,) = full_house.rooms.told
    assert told[0] == ADA.id
    assert "The channel has spent its $5.00 of today" in told[1]
    known = await full_house.known()
    assert (known.pause, known.next_due_at, known.last_due_at) == (None, NINE + DAY, None)


async def test_halted_councils_skip_it_and_tell_its_owner(house: House) -> None:
    await house.team.switch.halt("The bill is too high.")
    await house.add(DAILY)

    await house.tick_at(NINE)
    await house.team.switch.go_on()
    await house.tick_at(NINE + MINUTE, NINE + DAY)

    assert len(house.rooms.told) == 1
    assert "The bill is too high." in house.rooms.told[0][1]
    assert len(await house.asked()) == 1


async def test_an_owner_who_cannot_be_told_changes_nothing(full_house: House) -> None:
    class Deaf(FakeRooms):
        async def tell(self, place: Place, person_id: str, sentence: str) -> None:
            message = "This person takes no messages."
            raise ChatRefused(message)

    full_house.rooms = Deaf()
    full_house.rooms.people = {ADA.id: ADA}
    full_house.scheduler = full_house.process()
    await full_house.add(DAILY)

    await full_house.tick_at(NINE, NINE + MINUTE)

    assert (await full_house.known()).next_due_at == NINE + DAY


async def test_one_bad_schedule_does_not_stop_the_others(house: House) -> None:
    class Torn(FakeRooms):
        async def fault(self, place: Place) -> str | None:
            if place.channel == "C2":
                raise ZeroDivisionError
            return await super().fault(place)

    house.rooms = Torn()
    house.rooms.people = {ADA.id: ADA}
    house.scheduler = house.process()
    bad = replace(DAILY, id="s0", place=replace(PLACE, channel="C2"), next_due_at=NINE - HOUR)
    await house.add(bad, *(replace(DAILY, id=f"s{number}") for number in range(1, 20)))

    await house.tick_at(NINE)

    assert len(await house.asked()) == 19
    assert await house.known("s0") == bad


async def test_a_database_that_does_not_answer_is_waited_for(house: House) -> None:
    await house.add(DAILY)
    house.records.fault = StorageError("The database server cannot be reached.")

    await house.tick_at(NINE)
    house.records.fault = None
    await house.tick_at(NINE + MINUTE)

    assert len(await house.asked()) == 1


async def test_the_schedules_of_a_platform_that_is_not_served_here_are_left_alone(
    house: House,
) -> None:
    elsewhere = replace(DAILY, place=Place("discord", "T1", "C1"))
    await house.add(elsewhere)

    await house.tick_at(NINE, NINE + DAY)

    assert await house.team.schedules.due(NINE + DAY) == (elsewhere,)


async def test_a_person_who_changes_it_meanwhile_is_not_overruled(house: House) -> None:
    class Slow(FakeRooms):
        async def person(self, place: Place, person_id: str) -> Person:
            known = await house.known()
            await house.team.schedules.save(replace(known, pause="", next_due_at=None))
            return await super().person(place, person_id)

    house.rooms = Slow()
    house.rooms.people = {ADA.id: ADA}
    house.scheduler = house.process()
    await house.add(DAILY)

    await house.tick_at(NINE, NINE + MINUTE)

    known = await house.known()
    assert (known.pause, known.next_due_at) == ("", None)
    assert await house.asked() == []


async def test_one_that_is_removed_or_forgotten_while_it_is_looked_after_is_not_asked(
    house: House,
) -> None:
    class Slow(FakeRooms):
        async def person(self, place: Place, person_id: str) -> Person:
            await house.team.schedules.remove(place.tenant, "s1")
            return await super().person(place, person_id)

    house.rooms = Slow()
    house.rooms.people = {ADA.id: ADA}
    house.scheduler = house.process()
    await house.add(DAILY)

    await house.tick_at(NINE, NINE + MINUTE)

    assert await house.asked() == []
    assert house.rooms.told == []

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.commands import parse
from bot.domain import Person, Place, PlaceSettings, Schedule
from bot.errors import NotAllowed, NotFound, WrongUse
from bot.replies import Reply, answer
from tests.fakes.council import COUNCIL
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team, set_in
from tests.fakes.work import FakeWork

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
PLACE = Place("slack", "T1", "C1")
ADA, BOB = Person("U1", "Ada"), Person("U2", "Bob")


class Office:
    def __init__(self, work: FakeWork) -> None:
        self.records = FakeRecords()
        self.team = fake_team(COUNCIL, self.records)
        self.desk = fake_desk(self.records, work, self.team)

    async def say(self, words: str, person: Person = ADA) -> Reply:
        return await answer(self.desk, person, PLACE, parse(f"schedule {words}"))

    async def known(self) -> Schedule:
        (known,) = await self.team.schedules.all(PLACE)
        return known


@pytest.fixture(autouse=True)
def clock() -> Generator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
async def office() -> AsyncGenerator[Office]:
    async with FakeWork() as work:
        office = Office(work)
        await set_in(office.team, PLACE, PlaceSettings(time_zone="Europe/Berlin"))
        yield office


@pytest.mark.parametrize(
    ("words", "typed", "question", "takes_discussion"),
    [
        ('add "weekdays 09:00" What now?', "weekdays 09:00", "What now?", False),
        ("add “weekdays 09:00” What now?", "weekdays 09:00", "What now?", False),
        ("add „weekdays 09:00“What now?", "weekdays 09:00", "What now?", False),
        ("add «weekdays 09:00» What now?", "weekdays 09:00", "What now?", False),
        ('add " 0 9 * * 1-5 "\nWhat\nnow?', "0 9 * * 1-5", "What\nnow?", False),
        ("add weekdays 09:00 What now?", "weekdays 09:00", "What now?", False),
        ("add Weekdays at 9 a.m.  What  now?", "Weekdays at 9 a.m.", "What  now?", False),
        ("add 0 9 * * 1-5 What now?", "0 9 * * 1-5", "What now?", False),
        ("add hourly What now?", "hourly", "What now?", False),
        ('add "daily 9" with discussion What now?', "daily 9", "What now?", True),
        ('add "daily 9" With discussion: What now?', "daily 9", "What now?", True),
        ("add daily 9 with discussion What now?", "daily 9", "What now?", True),
        ('add "daily 9" without discussion What now?', "daily 9", "What now?", False),
        ('add "daily 9" What of "this"?', "daily 9", 'What of "this"?', False),
    ],
)
async def test_a_schedule_is_added_in_plain_words(
    office: Office, *, words: str, typed: str, question: str, takes_discussion: bool
) -> None:
    reply = await office.say(words)

    known = await office.known()
    assert (known.typed, known.question) == (typed, question)
    assert known.takes_discussion is takes_discussion
    assert reply.sentence.startswith(f"Added {known.id}: at ")


async def test_a_time_zone_that_is_gone_keeps_nobody_from_the_list(office: Office) -> None:
    await office.say('add "weekdays 09:00" What now?')
    await office.team.schedules.save(replace(await office.known(), time_zone="Mars/A"))

    (line,) = (await office.say("list")).lines

    assert "Mars/A time" in line


async def test_the_reply_says_when_it_is_due_by_the_channels_clock(office: Office) -> None:
    reply = await office.say('add "weekdays 09:00" What now?')

    assert reply.sentence.endswith(
        ": at 09:00 on Monday through Friday, Europe/Berlin time, "
        "next Wednesday 25 November 2026, 09:00."
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("add", "Say first when to ask"),
        ("add What now?", "Say first when to ask"),
        ('add "" What now?', "Say first when to ask"),
        ('add "daily 09:00"', "Say after the time what to ask"),
        ('add "daily 09:00" with discussion', "Say after the time what to ask"),
        ('add "99:99" What now?', "There is no time of day “99:99”"),
        ('add "30 2 30 2 *" What now?', "never comes"),
        ('add "*/5 * * * *" What now?', "once an hour at most"),
        ('add "daily 09:00" ?', "single character"),
        ("pause", "Which one? Put its id after pause"),
        ("edit", "Which one? Put its id after edit"),
        ("pause 99999", "There is no schedule of that id in this channel"),
        ("edit 99999", "Say what changes after the id"),
        ("edit 99999 What now?", "There is no schedule of that id in this channel"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(
    office: Office, words: str, sentence: str
) -> None:
    with pytest.raises(WrongUse) as refused:
        await office.say(words)

    assert sentence in str(refused.value)
    assert str(refused.value)[-1] in ".?"
    assert await office.team.schedules.all(PLACE) == ()


async def test_an_empty_list_says_how_to_begin(office: Office) -> None:
    reply = await office.say("")

    assert "/council schedule add" in reply.sentence


async def test_the_list_says_when_whose_what_and_why_not(office: Office) -> None:
    await office.say('add "daily 09:00" with discussion What\nnow?')
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        await office.say('add "hourly" And now?', BOB)
    first, second = await office.team.schedules.all(PLACE)
    gone = replace(second, pause="The channel is\x1b[31m archived.", next_due_at=None)
    await office.team.schedules.save(gone)

    reply = await office.say("list", BOB)

    assert [line.split(" · ") for line in reply.lines] == [
        [
            first.id,
            "at 09:00 every day, Europe/Berlin time",
            "next Wednesday 25 November 2026, 09:00",
            "with discussion",
            "by Ada",
            "“What now?”",
        ],
        [
            second.id,
            "at the start of every hour, Europe/Berlin time",
            "paused: The channel is archived.",
            "by Bob",
            "“And now?”",
        ],
    ]


async def test_it_is_paused_and_goes_on(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    known = await office.known()

    paused = await office.say(f"pause {known.id.upper()}")
    (line,) = (await office.say("list")).lines
    resumed = await office.say(f"resume {known.id}")

    assert paused.sentence.startswith(f"Paused {known.id};")
    assert " · paused · " in line
    assert resumed.sentence.startswith(f"{known.id} goes on: at 09:00 every day")
    assert "next Wednesday 25 November 2026, 09:00" in resumed.sentence


async def test_it_is_skipped_run_and_removed(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    known = await office.known()

    skipped = await office.say(f"skip {known.id}")
    ran = await office.say(f"run {known.id}", BOB)
    removed = await office.say(f"remove {known.id}")

    assert skipped.sentence == (
        f"Passed over; {known.id} is due next Thursday 26 November 2026, 09:00."
    )
    assert ran.sentence == f"Asked now; {known.id} itself stays as it is."
    assert [one.question.asker_id for one in await office.records.search()] == ["U2"]
    assert removed.sentence == f"Removed {known.id}: What now?"
    assert await office.team.schedules.all(PLACE) == ()


async def test_a_run_that_is_delivered_again_asks_nothing_again(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    run = parse(f"schedule run {(await office.known()).id}")

    for delivery in ("message:C1:17.1", "message:C1:17.1", "message:C1:18.1"):
        await answer(office.desk, BOB, PLACE, run, delivery=delivery)

    assert len(await office.records.search()) == 2


@pytest.mark.parametrize(
    ("words", "typed", "question", "takes_discussion"),
    [
        ('"daily 10:00" And now?', "daily 10:00", "And now?", True),
        ("“daily 10:00”", "daily 10:00", "What now?", True),
        ("daily 10:00 And now?", "daily 10:00", "And now?", True),
        ("And now?", "daily 09:00", "And now?", True),
        ("without discussion", "daily 09:00", "What now?", False),
        ('"daily 10:00" without discussion And now?', "daily 10:00", "And now?", False),
    ],
)
async def test_what_an_edit_leaves_out_stays(
    office: Office, *, words: str, typed: str, question: str, takes_discussion: bool
) -> None:
    await office.say('add "daily 09:00" with discussion What now?')
    known = await office.known()

    reply = await office.say(f"edit {known.id} {words}")

    changed = await office.known()
    assert (changed.typed, changed.question) == (typed, question)
    assert changed.takes_discussion is takes_discussion
    assert reply.sentence.startswith(f"Changed {known.id}: at ")


async def test_an_edit_of_a_paused_one_says_that_it_still_is(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    known = await office.known()
    await office.say(f"pause {known.id}")

    reply = await office.say(f"edit {known.id} And now?")

    assert f"it is still paused, /council schedule resume {known.id}" in reply.sentence


async def test_somebody_elses_is_not_changed(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    known = await office.known()

    for words in ("pause {}", "resume {}", "skip {}", "remove {}", "edit {} Mine now?"):
        with pytest.raises(NotAllowed, match="Only Ada"):
            await office.say(words.format(known.id), BOB)

    assert await office.known() == known


async def test_another_channel_sees_nothing(office: Office) -> None:
    await office.say('add "daily 09:00" What now?')
    known, next_door = await office.known(), replace(PLACE, channel="C2")

    reply = await answer(office.desk, ADA, next_door, parse("schedule list"))
    with pytest.raises(NotFound):
        await answer(office.desk, ADA, next_door, parse(f"schedule run {known.id}"))

    assert reply.lines == ()

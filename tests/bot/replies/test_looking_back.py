from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from bot.commands import parse
from bot.desk import Desk
from bot.domain import Deliberation, MemberRecord, Person, Place, Post, PostState, State
from bot.domain.events import (
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    StageBegan,
    SynthesisReady,
)
from bot.errors import NotFound
from bot.replies import Reply, answer
from tests.fakes.council import COUNCIL, SYNTHESIS, question
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.archive import FakeStatistics
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1")
KIM = Person("U1", "Kim")


@dataclass
class Room:
    """A person in a channel, in front of the bot."""

    desk: Desk
    records: FakeRecords
    statistics: FakeStatistics

    async def types(self, words: str, *, place: Place = CHANNEL) -> Reply:
        return await answer(self.desk, KIM, place, parse(words))

    async def have(self, text: str, *facts: Fact, place: Place = CHANNEL) -> Deliberation:
        asked = replace(question(), text=text, place=place)
        new = await self.desk.app.put(asked, COUNCIL)
        root = Post(new.id, "root", PostState.SENT, "m1", thread="m1")
        await self.records.save(new, facts, posts=[root])
        return new


@pytest.fixture
async def room() -> AsyncGenerator[Room]:
    records = FakeRecords()
    statistics = FakeStatistics(records)
    team = replace(fake_team(COUNCIL, records), statistics=statistics)
    async with FakeWork() as work:
        yield Room(fake_desk(records, work, team), records, statistics)


async def test_the_history_tells_the_ids_that_show_wants(room: Room) -> None:
    asked = await room.have("Why is it 42?", SynthesisReady(SYNTHESIS))

    (entry,) = (await room.types("history 42")).entries

    shown = await room.types(f"show {entry.more.rpartition(' ')[2]}")
    assert shown.deliberation is not None
    assert shown.deliberation.id == asked.id


async def test_the_history_looks_into_the_final_answers_too(room: Room) -> None:
    await room.have("What is the answer?", SynthesisReady(SYNTHESIS))

    assert len((await room.types("history 42 ANSWER")).entries) == 1
    assert (await room.types("history 43")).entries == ()


async def test_show_leads_to_the_thread_and_brings_the_answer(room: Room) -> None:
    asked = await room.have("Why?", SynthesisReady(SYNTHESIS))

    reply = await room.types(f"show {asked.id}")

    (entry,) = reply.entries
    assert entry.root is not None
    assert (entry.root.message_id, entry.question) == ("m1", "Why?")
    assert entry.more.endswith(f"done · id {asked.id}")
    assert reply.deliberation is not None
    assert reply.deliberation.synthesis == SYNTHESIS
    assert reply.sentence == ""


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (DeliberationFailed("Nobody answered."), "Nobody answered."),
        (DeliberationCancelled(), "It was cancelled before there was a final answer."),
        (
            StageBegan(State.REVIEWING),
            "It is still reviewing; the final answer comes in its thread.",
        ),
    ],
)
async def test_show_says_why_there_is_no_answer(room: Room, fact: Fact, said: str) -> None:
    asked = await room.have("Why?", fact)

    assert (await room.types(f"show {asked.id}")).sentence == said


@pytest.mark.parametrize(
    "other",
    [
        replace(CHANNEL, channel="C2"),
        replace(CHANNEL, workspace="T2"),
        replace(CHANNEL, platform="discord"),
    ],
)
async def test_show_finds_nothing_of_another_place(room: Room, other: Place) -> None:
    theirs = await room.have("Why?", SynthesisReady(SYNTHESIS), place=other)

    with pytest.raises(NotFound, match="/council history lists them"):
        await room.types(f"show {theirs.id}")


async def test_show_wants_the_whole_id(room: Room) -> None:
    asked = await room.have("Why?", SynthesisReady(SYNTHESIS))

    with pytest.raises(NotFound):
        await room.types(f"show {asked.id[:10]}")


async def test_the_statistics_are_one_line_a_member(room: Room) -> None:
    room.statistics.found = (
        MemberRecord(
            "Ada",
            "openrouter/lab/ada-5",
            sat=1030,
            ranked=1000,
            won=412,
            flagged=3,
            failed=2,
            reviews=998,
            agreement=0.764,
            latency_s=8.24,
            cost_usd=12.5,
            praised=31,
            blamed=4,
            weight=0.76,
        ),
        MemberRecord("Bob", "work/b", sat=1, failed=1),
    )

    reply = await room.types("stats")

    assert reply.sentence == "How the members fared in this channel's latest councils:"
    ada, bob = reply.lines
    assert ada == (
        "Ada (openrouter/lab/ada-5): sat 1,030 times · won 412 of 1,000 · flagged 3 times · failed "
        "2 times · 998 reviews · agrees with the others to 76% · its ballots count 0.76 · answers "
        "in 8.2 s · $12.50 · 31 up, 4 down for what it won"
    )
    assert bob == "Bob (work/b): sat once · failed once"


async def test_names_in_the_statistics_are_harmless(room: Room) -> None:
    room.statistics.found = (MemberRecord("A\u202eda\n\x1b[31m", "m\n" * 100, sat=2),)

    (line,) = (await room.types("stats")).lines

    assert line.startswith("Ada (m m")
    assert line.isprintable()


async def test_without_an_ended_council_there_is_nothing_to_count(room: Room) -> None:
    reply = await room.types("stats")

    assert reply == Reply("No council has ended in this channel yet, so there is nothing to count.")

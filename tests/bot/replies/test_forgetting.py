from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest

from bot.commands import Forget, parse
from bot.desk import Desk
from bot.domain import Cap, Charge, Deliberation, Estimate, Person, Place, State
from bot.domain.events import Fact, StageBegan, SynthesisReady
from bot.errors import NotAllowed, NotFound, WrongUse
from bot.replies import Reply, answer
from tests.contracts.archive import DAY, NOW, left
from tests.fakes.council import COUNCIL, SYNTHESIS, question
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1")
ADMIN = Person("U9", "Ada", is_admin=True)
KIM = Person("U1", "Kim")
LEE = Person("U2", "Lee")
DONE = SynthesisReady(SYNTHESIS)


@dataclass
class Room:
    """People in a channel, in front of the bot."""

    desk: Desk
    records: FakeRecords
    work: FakeWork

    async def types(self, words: str, *, person: Person = KIM, place: Place = CHANNEL) -> Reply:
        command = parse(words)
        assert isinstance(command, Forget), command
        return await answer(self.desk, person, place, command)

    async def have(
        self, *facts: Fact, by: Person = KIM, place: Place = CHANNEL, charge: Charge | None = None
    ) -> Deliberation:
        asked = replace(question(), place=place, asker=by.name, asker_id=by.id)
        new = await self.desk.app.put(asked, COUNCIL, charge=charge)
        await self.records.save(new, facts)
        return new


async def _at_once(_: str) -> None:
    """Do the work of a run: there is nothing left to do for one that was stopped."""


@pytest.fixture
async def room() -> AsyncGenerator[Room]:
    records = FakeRecords()
    async with FakeWork(_at_once) as work:
        yield Room(fake_desk(records, work, fake_team(COUNCIL, records)), records, work)


@pytest.mark.parametrize("person", [KIM, ADMIN])
async def test_whoever_asked_and_admins_delete_a_question(room: Room, person: Person) -> None:
    one, other = [await room.have(DONE) for _ in range(2)]

    reply = await room.types(f"forget {one.id.upper()}", person=person)

    assert await left(room.records, one, other) == [False, True]
    assert "The messages in this chat stay" in reply.sentence


async def test_others_do_not_delete_a_question(room: Room) -> None:
    one = await room.have(DONE)

    with pytest.raises(NotAllowed, match="Only Kim, who asked, or an admin"):
        await room.types(f"forget {one.id}", person=LEE)

    assert await left(room.records, one) == [True]


@pytest.mark.parametrize(
    "place",
    [
        replace(CHANNEL, channel="C2"),
        replace(CHANNEL, workspace="T2"),
        replace(CHANNEL, platform="discord"),
    ],
)
async def test_questions_of_other_places_are_not_found(room: Room, place: Place) -> None:
    theirs = await room.have(DONE, place=place)

    with pytest.raises(NotFound, match="no such question in this channel"):
        await room.types(f"forget {theirs.id}", person=ADMIN)

    assert await left(room.records, theirs) == [True]


async def test_one_that_runs_is_stopped_and_then_deleted(room: Room) -> None:
    one = await room.have(StageBegan(State.ANSWERING))
    room.work.elsewhere.add(one.id)

    await room.types(f"forget {one.id}")

    assert room.work.cancelled == [one.id]
    assert await left(room.records, one) == [False]


async def test_one_that_is_still_being_shown_is_deleted_after_that() -> None:
    records, is_shown = FakeRecords(), asyncio.Event()

    async def show(_: str) -> None:
        await is_shown.wait()

    async with FakeWork(show) as work:
        room = Room(fake_desk(records, work, fake_team(COUNCIL, records)), records, work)
        one = await room.have(DONE)
        await work.start(one)
        forgetting = asyncio.create_task(room.types(f"forget {one.id}"))
        await asyncio.wait({forgetting}, timeout=0.05)
        before = await left(records, one)
        is_shown.set()
        await forgetting

    assert (before, await left(records, one)) == ([True], [False])


async def test_what_a_deleted_council_has_cost_counts(room: Room) -> None:
    cap = Cap("channel:C1", "this channel", NOW + DAY, most_micros=1_000_000)
    charge = Charge(Estimate(500_000, 900_000), (cap,))
    one = await room.have(DONE, charge=charge)

    await room.types(f"forget {one.id}")

    spent = await room.desk.team.budgets.spent(CHANNEL.tenant, [cap.key])
    assert spent[cap.key].micros < 900_000


async def test_everybody_deletes_what_they_asked_in_this_workspace(room: Room) -> None:
    elsewhere = replace(CHANNEL, channel="C2")
    mine = [
        await room.have(DONE),
        await room.have(StageBegan(State.ANSWERING)),
        await room.have(DONE, place=elsewhere),
    ]
    others = [
        await room.have(DONE, by=LEE),
        await room.have(StageBegan(State.ANSWERING), by=LEE),
        await room.have(DONE, place=replace(CHANNEL, workspace="T2")),
    ]

    reply = await room.types("forget ME")

    assert await left(room.records, *mine, *others) == [False] * 3 + [True] * 3
    assert reply.sentence.startswith("Deleted: 3 questions of yours, with answers and reviews")
    assert room.work.cancelled == [mine[1].id]


async def test_who_asked_nothing_hears_that(room: Room) -> None:
    reply = await room.types("forget me")

    assert reply.sentence.startswith("There was no question of yours")


@pytest.mark.parametrize("mention", ["<@U1>", "<@!U1>", "<@U1|kim>"])
async def test_an_admin_deletes_what_somebody_asked(room: Room, mention: str) -> None:
    theirs, others = await room.have(DONE), await room.have(DONE, by=LEE)

    reply = await room.types(f"forget {mention}", person=ADMIN)

    assert await left(room.records, theirs, others) == [False, True]
    assert reply.sentence.startswith("Deleted: one question of this person")


async def test_only_an_admin_deletes_what_others_asked(room: Room) -> None:
    theirs = await room.have(DONE, by=LEE)

    with pytest.raises(NotAllowed):
        await room.types("forget <@U2>")

    assert await left(room.records, theirs) == [True]


async def test_a_mention_of_oneself_is_oneself(room: Room) -> None:
    mine = await room.have(DONE)

    await room.types("forget <@U1>")

    assert await left(room.records, mine) == [False]


async def test_a_workspace_is_deleted_when_an_admin_says_it_twice(room: Room) -> None:
    mine = [await room.have(DONE), await room.have(StageBegan(State.ANSWERING), by=LEE)]
    theirs = await room.have(DONE, place=replace(CHANNEL, workspace="T2"))

    first = await room.types("forget workspace", person=ADMIN)
    assert await left(room.records, *mine) == [True, True]
    again = first.sentence.rpartition("/council ")[2]
    second = await room.types(again, person=ADMIN)

    assert await left(room.records, *mine, theirs) == [False, False, True]
    assert second.sentence.startswith("Everything that I knew of this workspace is deleted.")
    with pytest.raises(WrongUse, match="Begin again"):
        await room.types(again, person=ADMIN)


async def test_nobody_else_says_the_second_word(room: Room) -> None:
    mine = await room.have(DONE)
    first = await room.types("forget workspace", person=ADMIN)
    again = first.sentence.rpartition("/council ")[2]

    for person, place in (
        (replace(ADMIN, id="U8"), CHANNEL),
        (ADMIN, replace(CHANNEL, workspace="T2")),
        (replace(ADMIN, is_admin=False), CHANNEL),
    ):
        with pytest.raises(WrongUse):
            await room.types(again, person=person, place=place)
    with pytest.raises(WrongUse):
        await room.types("forget workspace-guessed", person=ADMIN)

    assert await left(room.records, mine) == [True]
    await room.types(again, person=ADMIN)
    assert await left(room.records, mine) == [False]


async def test_only_an_admin_begins_to_delete_a_workspace(room: Room) -> None:
    with pytest.raises(NotAllowed):
        await room.types("forget workspace")

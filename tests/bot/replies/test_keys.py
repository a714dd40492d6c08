from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.commands import Keys, parse
from bot.desk import Desk
from bot.domain import Person, Place
from bot.errors import NotAllowed, NotFound
from bot.replies import Reply, answer
from tests.contracts.provider_keys import ACME, KEY, OPENAI, OTHER, OURS
from tests.fakes.council import COUNCIL
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1", "t1")
ADA = Person("U1", "Ada", is_admin=True)
KIM = Person("U2", "Kim")


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    records = FakeRecords()
    async with FakeWork() as work:
        desk = fake_desk(records, work, fake_team(COUNCIL, records))
        for tenant, provider in ((ACME, OURS), (ACME, OPENAI), (OTHER, OPENAI)):
            await desk.team.keys.save(tenant, provider, KEY)
        yield desk


async def types(desk: Desk, words: str, person: Person = ADA, place: Place = CHANNEL) -> Reply:
    command = parse(words)
    assert isinstance(command, Keys), command
    return await answer(desk, person, place, command)


async def test_an_admin_sees_what_the_workspace_brought(desk: Desk) -> None:
    reply = await types(desk, "keys list")

    assert reply.sentence == "This workspace has brought these providers:"
    assert reply.lines == (
        "openai: key ends in 52b7, since 2026-03-01",
        "ours at https://models.example.com/v1: key ends in 52b7, since 2026-03-01",
    )
    assert KEY not in repr(reply)


async def test_an_admin_removes_one(desk: Desk) -> None:
    reply = await types(desk, "keys remove OpenAI")

    assert reply.sentence.startswith("openai is gone, with its key.")
    assert await desk.team.keys.all(ACME) == (OURS,)
    assert await desk.team.keys.all(OTHER) == (OPENAI,)


async def test_the_one_to_remove_must_be_named(desk: Desk) -> None:
    reply = await types(desk, "keys remove")

    assert reply.sentence == "Which one? Put its name after remove."
    assert len(reply.lines) == len(await desk.team.keys.all(ACME)) == 2


async def test_what_is_not_there_cannot_be_removed(desk: Desk) -> None:
    with pytest.raises(NotFound, match="has brought no provider mistral"):
        await types(desk, "keys remove mistral")


async def test_a_workspace_without_any_is_told_how(desk: Desk) -> None:
    reply = await types(desk, "keys list", place=replace(CHANNEL, workspace="T3"))

    assert "you can bring one under /council keys" in reply.sentence


@pytest.mark.parametrize("words", ["keys", "keys list", "keys remove", "keys remove openai"])
async def test_nobody_but_an_admin_sees_or_removes_any(desk: Desk, words: str) -> None:
    with pytest.raises(NotAllowed):
        await types(desk, words, person=KIM)

    assert len(await desk.team.keys.all(ACME)) == 2

"""`/council cancel`: what it stops, for whom, and what is suggested to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Deliberation, State
from bot.domain.events import SynthesisReady
from bot.errors import StorageError
from tests.adapters.discord.lobby import Lobby
from tests.fakes.council import COUNCIL, SYNTHESIS
from tests.fakes.discord.records import Channel

DONE = SynthesisReady(SYNTHESIS)
GONE = "There is no deliberation of that id."
LONG = "Which database suits an event log " + "of very many events " * 10


async def choices(lobby: Lobby, typed: str, channel: Channel | None = None) -> dict[str, str]:
    reply = await lobby.discord.autocomplete(
        "council",
        "cancel",
        {"id": typed},
        focused="id",
        channel=channel or lobby.channel,
        person=lobby.ada,
    )
    assert reply.is_acknowledged
    return {choice["value"]: choice["name"] for choice in reply.choices}


async def test_cancel_stops_the_only_one(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?")

    said = await lobby.command("cancel")

    assert said == "Stopped. What was answered so far stays in the thread."
    assert (await lobby.records.load(deliberation.id)).state is State.CANCELLED
    assert lobby.work.cancelled == [deliberation.id]


async def test_cancel_with_several_asks_which(lobby: Lobby) -> None:
    first = await lobby.have("First, why?")
    second = await lobby.have("Second, why?")

    asked = await lobby.command("cancel")
    said = await lobby.command("cancel", {"id": f" {first.id.upper()} "})

    assert asked is not None
    assert asked.startswith("Several are running. Which one?")
    assert f"- Second, why? · Ada · id {second.id} · " in asked
    assert f"- First, why? · Ada · id {first.id} · " in asked
    assert said is not None
    assert said.startswith("Stopped.")
    assert lobby.work.cancelled == [first.id]


async def test_cancel_reaches_no_other_channel_and_no_other_server(lobby: Lobby) -> None:
    elsewhere = lobby.discord.add_channel("elsewhere")
    abroad = lobby.discord.add_channel("abroad", guild=lobby.discord.add_guild("Abroad"))
    other = lobby.discord.add_person("Other", guild=abroad.guild)
    running = [
        await lobby.have("Elsewhere, why?", channel=elsewhere),
        await lobby.have("Abroad, why?", channel=abroad, asker=other),
    ]

    said = [await lobby.command("cancel", {"id": one.id}) for one in running]

    assert said == [GONE, GONE]
    assert lobby.work.cancelled == []


@pytest.mark.parametrize("word", ["1m84graz8bzj7zka", "nonsense", "@everyone", "x\0y", "%"])
async def test_cancel_of_an_unknown_id_costs_nothing(lobby: Lobby, word: str) -> None:
    assert await lobby.command("cancel", {"id": word}) == GONE
    assert await lobby.cost_nothing()


async def test_cancel_is_for_whoever_asked_and_for_admins(lobby: Lobby) -> None:
    other = lobby.discord.add_person("Other")
    boss = lobby.discord.add_person("Boss", is_admin=True)
    deliberation = await lobby.have("First, why?")

    refused = await lobby.command("cancel", person=other)
    before = list(lobby.work.cancelled)
    stopped = await lobby.command("cancel", person=boss)

    assert refused == "Only Ada, who asked, or an admin can stop this."
    assert before == []
    assert stopped is not None
    assert lobby.work.cancelled == [deliberation.id]


async def test_cancel_after_the_end_says_so(lobby: Lobby) -> None:
    deliberation = await lobby.have("First, why?", DONE)

    said = await lobby.command("cancel", {"id": deliberation.id})

    assert said == f"Deliberation {deliberation.id} is done already."


# What is suggested for the id.


async def test_what_runs_in_this_channel_is_suggested(lobby: Lobby) -> None:
    elsewhere = lobby.discord.add_channel("elsewhere")
    first = await lobby.have("Which database suits an event log?")
    second = await lobby.have(f"*Second* <@1>, {LONG}?")
    await lobby.have("Done, why?", DONE)
    other = await lobby.have("Elsewhere, why?", channel=elsewhere)

    everything = await choices(lobby, "")

    assert list(everything) == [second.id, first.id]
    day = f"{first.created_at:%Y-%m-%d}"
    assert everything[first.id] == f"Which database suits an event log? · Ada · {day}"
    assert everything[second.id].startswith("*Second* <@1>, Which database")
    assert everything[second.id].endswith(f"… · Ada · {day}")
    assert list(await choices(lobby, "DATABASE SUITS an event log?")) == [first.id]
    assert list(await choices(lobby, second.id[-5:])) == [second.id]
    assert await choices(lobby, "nonsense") == {}
    assert list(await choices(lobby, "", elsewhere)) == [other.id]


async def test_no_more_than_twenty_five_are_suggested(lobby: Lobby) -> None:
    for number in range(27):
        await lobby.desk.app.ask(
            replace((await lobby.have("One, why?")).question, text=f"{number}, why?"), COUNCIL
        )

    assert len(await choices(lobby, "")) == 25


async def test_without_a_database_nothing_is_suggested(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lobby.have("First, why?")
    lobby.records.fault = StorageError("secret words of the database")
    away = await choices(lobby, "")
    lobby.records.fault = None

    async def never(*_: object, **__: object) -> tuple[Deliberation, ...]:
        await asyncio.Event().wait()
        return ()

    monkeypatch.setattr(lobby.records, "search", never)
    silent = await choices(lobby, "")

    assert (away, silent) == ({}, {})

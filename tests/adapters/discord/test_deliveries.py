"""Interactions of every kind are answered in time or cost nothing, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Any, Literal

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.domain import Deliberation
from bot.errors import StorageError
from tests.adapters.discord.lobby import FOLLOW_UP, REVIEWS, STOP, Lobby, open_lobby
from tests.fakes.discord import faults
from tests.fakes.discord.faults import Fault
from tests.fakes.discord.kinds import Flag, InteractionType
from tests.fakes.discord.payloads import wire_of_interaction
from tests.fakes.discord.records import Interaction
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event, Reply

CALLBACK = "POST /interactions/{id}/{token}/callback"
ORIGINAL = "GET /webhooks/{id}/{token}/messages/@original"
BROKE_OFF = "Something went wrong inside the bot. Please try again in a moment."


@pytest.fixture
def logs() -> Generator[list[EventDict]]:
    """Collect what is logged."""
    with capture_logs() as entries:
        yield entries


async def given(lobby: Lobby, text: str = "Which one?") -> Reply:
    """Ask by the command, and wait until the bot is through with it."""
    reply = await lobby.give("ask", {"question": text})
    await lobby.discord.until(lambda: reply.interaction.id in lobby.done)
    return reply


def later_calls(lobby: Lobby) -> list[str]:
    """Return the calls with an interaction's token after its first answer."""
    return [call.route for call in lobby.discord.calls if "/webhooks/" in call.route]


# A first answer that does not get through.


@pytest.mark.parametrize(
    "fault",
    [
        lambda: faults.silence(60),
        lambda: faults.slow(0.5),
        lambda: faults.status(503),
        faults.lost_before_effect,
        lambda: faults.error(10062),
        lambda: faults.rate_limited(60),
        faults.cloudflare_ban,
    ],
    ids=["silence", "late", "503", "lost", "unknown", "rate limit", "ban"],
)
async def test_a_deadline_that_was_missed_costs_nothing_and_asks_nothing(
    lobby: Lobby, fault: Callable[[], Fault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.answering.FIRST_WITHIN_S", 0.4)
    lobby.discord.ack_deadline_s = 0.3
    lobby.discord.faults.add(CALLBACK, fault(), times=None)
    running = await lobby.have("First, why?")
    started = list(lobby.work.started)
    message = lobby.with_buttons(running.id)

    reply = await given(lobby)
    clicked = await lobby.discord.click(message, STOP, person=lobby.ada)
    await lobby.discord.until(lambda: clicked.interaction.id in lobby.done)

    assert not reply.is_acknowledged
    assert not clicked.is_acknowledged
    assert [one.id for one in await lobby.asked()] == [running.id]
    assert lobby.work.started == started
    assert lobby.work.cancelled == []
    assert [call for call in later_calls(lobby) if call != ORIGINAL] == []


async def test_an_answer_that_got_through_unheard_counts(lobby: Lobby) -> None:
    lobby.discord.faults.add(CALLBACK, faults.lost_after_effect())

    reply = await given(lobby)

    assert reply.is_acknowledged
    assert await lobby.outcome(reply) is None
    assert (await lobby.only()).text == "Which one?"


@pytest.mark.parametrize("does_work", ["never", "at once"])
async def test_a_first_attempt_that_seems_to_have_failed_is_repeated_in_time(
    lobby: Lobby, does_work: Literal["never", "at once"]
) -> None:
    lobby.discord.faults.add(CALLBACK, Fault("502", does_work, status=502))

    reply = await given(lobby)

    assert reply.is_acknowledged
    assert await lobby.outcome(reply) is None
    assert (await lobby.only()).text == "Which one?"
    assert lobby.discord.count(CALLBACK) == 2


async def test_a_silent_discord_costs_nothing(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.answering.FIRST_WITHIN_S", 0.2)
    lobby.discord.ack_deadline_s = 0.2
    lobby.discord.faults.add("*", faults.silence(60), times=None)

    reply = await given(lobby)

    assert not reply.is_acknowledged
    assert await lobby.cost_nothing()


async def test_an_answer_that_is_still_awaited_is_taken_back_later(lobby: Lobby) -> None:
    lobby.discord.faults.add(
        "DELETE /webhooks/{id}/{token}/messages/@original", faults.rate_limited(0.2), times=2
    )

    reply = await given(lobby)

    assert await lobby.outcome(reply) is None


# After 15 minutes.


async def test_nothing_is_said_with_a_token_that_has_ended(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_free, create = asyncio.Event(), lobby.records.create

    async def slow(deliberation: Deliberation, **named: Any) -> Deliberation:
        await is_free.wait()
        if "bad" in deliberation.question.text:
            raise StorageError
        return await create(deliberation, **named)

    monkeypatch.setattr(lobby.records, "create", slow)
    monkeypatch.setattr("adapters.discord.answering.LIFETIME_S", 0.0)
    replies = [await lobby.give("ask", {"question": text}) for text in ("A good one", "A bad one")]
    lobby.discord.pass_time(minutes=16)
    is_free.set()
    await lobby.discord.until(lambda: len(lobby.done) == 2)

    assert all(reply.is_acknowledged for reply in replies)
    assert (await lobby.only()).text == "A good one"
    assert later_calls(lobby) == []


# What nobody has thought of.


class SecretError(Exception):
    """Something that nobody has thought of."""


async def test_an_error_shows_neither_to_people_nor_in_the_log(
    lobby: Lobby, logs: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        message = "canary"
        raise SecretError(message)

    running = await lobby.have("First, why?")
    message = lobby.with_buttons(running.id)
    clicked = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    assert clicked.modal is not None
    for name in ("create", "search", "load"):
        monkeypatch.setattr(lobby.records, name, fail)
    monkeypatch.setattr(lobby.desk.tickets, "issue", fail)

    suggested = await lobby.discord.autocomplete(
        "council", "cancel", {"id": ""}, focused="id", channel=lobby.channel, person=lobby.ada
    )
    hello = await lobby.discord.say("Hello", channel=lobby.channel, person=lobby.ada)
    menu = await lobby.discord.message_command("Ask the council", hello, person=lobby.ada)
    said = [
        await lobby.ask("Which one?"),
        await lobby.command("history"),
        await lobby.click(message, STOP),
        await lobby.click(message, REVIEWS),
        await lobby.submit(clicked.modal, "And then?"),
        await lobby.outcome(menu),
        await lobby.mention("Why?"),
    ]

    assert said == [BROKE_OFF] * 7
    assert (suggested.is_acknowledged, suggested.choices) == (True, [])
    assert "canary" not in str([call.body for call in lobby.discord.calls]) + str(logs)
    assert {entry["error"] for entry in logs if "error" in entry} == {"SecretError"}


async def test_what_nobody_asked_for_is_left_alone(lobby: Lobby, logs: list[EventDict]) -> None:
    discord = lobby.discord
    message = await discord.say("Hello", channel=lobby.channel, person=lobby.ada)
    discord.react(message, "👍", lobby.ada)
    discord.type_in(lobby.channel, lobby.ada)
    began_s = discord.clock.now_s()
    odd = Interaction(
        discord.stamps.id(), "t", InteractionType.COMMAND, lobby.ada, lobby.channel, {}, began_s
    )
    payload = {**wire_of_interaction(discord, odd), "type": 77}
    discord.emit(Event("INTERACTION_CREATE", payload, discord.guild))
    await discord.until(lambda: odd.id in lobby.done)

    assert await lobby.heard(message) is None
    assert await lobby.cost_nothing()
    assert logs == []


# The end of the program.


async def test_what_is_still_to_be_said_is_said_before_the_end(discord: DiscordServer) -> None:
    async with open_lobby(discord) as lobby:
        discord.faults.add("PATCH /webhooks/{id}/{token}/messages/@original", faults.slow(0.3))
        reply = await lobby.give("status")
        assert reply.message is not None
        before = Flag.LOADING in reply.message.flags

    assert before
    assert reply.message.content == "The council is not working on anything in this channel."


async def test_a_sentence_that_cannot_be_said_is_logged_and_nothing_more(
    lobby: Lobby, logs: list[EventDict]
) -> None:
    lobby.discord.faults.add(
        "PATCH /webhooks/{id}/{token}/messages/@original", faults.error(50006), times=None
    )
    reply = await lobby.give("status")
    await lobby.discord.until(lambda: reply.interaction.id in lobby.done)

    assert reply.is_acknowledged
    assert [(entry["event"], entry["error"]) for entry in logs] == [("errand failed", "Refused")]

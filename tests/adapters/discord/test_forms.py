"""Forms: who may send them, how often, and until when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.domain import Deliberation, Remark
from bot.domain.events import SynthesisReady
from bot.errors import StorageError
from tests.adapters.discord.lobby import FOLLOW_UP, Lobby, deliver
from tests.fakes.council import SYNTHESIS
from tests.fakes.discord import faults
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Message, Modal
from tests.fakes.discord.validator import mentions_in

TOO_LATE = "This form has been open for too long; open it again."
GONE = "There is no deliberation of that id."
LONG = "And then, " + "of very many events, " * 6 + "why?"


async def answered(lobby: Lobby) -> tuple[Deliberation, Channel]:
    """Let a deliberation have ended; return it and its thread."""
    first = await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    thread = lobby.channel.messages[0].thread
    assert thread is not None
    return first, thread


async def follow_up(lobby: Lobby) -> Modal:
    """Let a deliberation have ended, and open the form for the next question."""
    first, thread = await answered(lobby)
    return await clicked(lobby, lobby.with_buttons(first.id, channel=thread))


async def clicked(lobby: Lobby, message: Message) -> Modal:
    reply = await lobby.discord.click(message, FOLLOW_UP, person=lobby.ada)
    assert reply.modal is not None
    return reply.modal


async def about(lobby: Lobby, text: str = "We love SQLite.") -> Modal:
    """Open the form about a message."""
    message = await lobby.discord.say(text, channel=lobby.channel, person=lobby.ada)
    return await lobby.opened(message)


async def asked(lobby: Lobby) -> list[str]:
    return [one.question.text for one in await lobby.asked()]


async def test_a_follow_up_brings_what_was_said_before(lobby: Lobby) -> None:
    first, thread = await answered(lobby)
    form = await clicked(lobby, lobby.with_buttons(first.id, channel=thread))
    bob = lobby.discord.add_person("Bob")

    said = await lobby.submit(form, f"And <b> & {bob.mention}, {lobby.channel.mention}?")

    assert form.title == "Ask a follow-up"
    assert said is None
    _, second = await lobby.asked()
    assert second.question.text == "And <b> & @Bob, #general?"
    assert second.question.place == lobby.place(lobby.channel, thread)
    assert second.question.context == (
        Remark("Ada", first.question.text),
        Remark("Council", SYNTHESIS.text),
    )


@pytest.mark.parametrize("text", [" ", "\u200b", "x"])
async def test_what_is_no_question_is_said(lobby: Lobby, text: str) -> None:
    said = await lobby.submit(await follow_up(lobby), text)

    assert said is not None
    assert said.startswith("The question is")
    assert await asked(lobby) == ["First, why?"]


async def test_anybody_who_sees_the_answer_may_ask_further(lobby: Lobby) -> None:
    bob = lobby.discord.add_person("Bob")
    first, thread = await answered(lobby)
    message = lobby.with_buttons(first.id, channel=thread)
    reply = await lobby.discord.click(message, FOLLOW_UP, person=bob)
    assert reply.modal is not None

    assert await lobby.submit(reply.modal, "And then?") is None

    assert (await lobby.asked())[1].question.asker == "Bob"


async def test_a_form_that_comes_again_asks_once(lobby: Lobby) -> None:
    form = await follow_up(lobby)

    reply = await lobby.discord.submit(form, {"question": "And then?"}, person=lobby.ada)
    deliver(lobby.discord, reply.interaction, 5)
    await lobby.discord.until(lambda: lobby.done.count(reply.interaction.id) == 6)

    assert await asked(lobby) == ["First, why?", "And then?"]


async def test_two_forms_ask_twice(lobby: Lobby) -> None:
    first, thread = await answered(lobby)
    message = lobby.with_buttons(first.id, channel=thread)
    forms = [await clicked(lobby, message) for _ in range(2)]

    await asyncio.gather(*(lobby.submit(form, "And then?") for form in forms))

    assert await asked(lobby) == ["First, why?", "And then?", "And then?"]


@pytest.mark.parametrize("forged", ["", "x", "\x7f", "'; --", "{}", "x" * 86, "1m84graz8bzj7zka"])
async def test_a_forged_form_is_refused(lobby: Lobby, forged: str) -> None:
    further, first = await follow_up(lobby), await about(lobby)
    further.document["custom_id"] = f"council:after:{forged}"
    first.document["custom_id"] = f"council:about:{forged}"

    said = [await lobby.submit(further, "And then?"), await lobby.submit(first, "Why?")]

    assert said == [GONE, TOO_LATE]
    assert await asked(lobby) == ["First, why?"]


async def test_a_form_that_is_none_of_ours_is_refused(lobby: Lobby) -> None:
    form = await follow_up(lobby)
    form.document["custom_id"] = "council:config:1"

    assert await lobby.submit(form, "And then?") == TOO_LATE


async def test_a_follow_up_of_another_channel_is_refused(lobby: Lobby) -> None:
    elsewhere = await lobby.have("A secret?", channel=lobby.discord.add_channel("elsewhere"))
    form = await follow_up(lobby)
    form.document["custom_id"] = f"council:after:{elsewhere.id}"

    assert await lobby.submit(form, "And then?") == GONE
    assert await asked(lobby) == ["A secret?", "First, why?"]


async def test_a_ticket_of_somebody_else_is_refused(lobby: Lobby) -> None:
    thief = lobby.discord.add_person("Thief")
    mine = await about(lobby)
    message = await lobby.discord.say("Else.", channel=lobby.channel, person=thief)
    theirs = await lobby.opened(message, thief)
    theirs.document["custom_id"] = mine.custom_id

    assert await lobby.submit(theirs, "Why?") == TOO_LATE
    assert await lobby.cost_nothing()


async def test_a_ticket_of_another_server_is_refused(lobby: Lobby) -> None:
    abroad = lobby.discord.add_guild("Abroad")
    lobby.discord.join(lobby.ada, abroad)
    place = lobby.discord.add_channel("theirs", guild=abroad)
    here = await about(lobby)
    message = await lobby.discord.say("Else.", channel=place, person=lobby.ada)
    there = await lobby.opened(message)
    there.document["custom_id"] = here.custom_id

    assert await lobby.submit(there, "Why?") == TOO_LATE
    assert await lobby.cost_nothing()


async def test_a_ticket_for_something_else_is_refused(lobby: Lobby) -> None:
    form = await about(lobby)
    other = await lobby.desk.tickets.issue("something else", "{}", timedelta(hours=1))
    form.document["custom_id"] = f"council:about:{other}"

    assert await lobby.submit(form, "Why?") == TOO_LATE


async def test_a_form_that_was_open_for_too_long_is_refused(lobby: Lobby) -> None:
    form = await about(lobby)

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13), tick=True):
        reply = await lobby.discord.submit(form, {"question": "Why?"}, person=lobby.ada)
        await lobby.discord.until(lambda: reply.interaction.id in lobby.done)

    assert await lobby.outcome(reply) == TOO_LATE
    assert await lobby.cost_nothing()


async def test_a_right_that_is_lost_by_then_is_said(lobby: Lobby) -> None:
    form = await about(lobby)
    lobby.discord.deny(lobby.channel, Permission.ATTACH_FILES)

    said = await lobby.submit(form, "Why?")

    assert said is not None
    assert said.startswith("I lack rights in this channel: Attach Files.")
    assert await lobby.cost_nothing()


async def test_what_was_typed_is_given_back_when_nothing_came_of_it(lobby: Lobby) -> None:
    form = await follow_up(lobby)
    lobby.records.fault = StorageError("secret words of the database")

    said = await lobby.submit(form, f"{LONG} <@1> @everyone ``` [x](https://evil.example)")

    lobby.records.fault = None
    assert said is not None
    head, _, copy = said.partition("\nYou had written:\n```\n")
    assert head.startswith("My database does not answer")
    assert copy.startswith(LONG)
    assert mentions_in({"content": said}) == []
    assert await asked(lobby) == ["First, why?"]


async def test_names_that_do_not_come_keep_no_form_waiting(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.desk.NAMED_WITHIN_S", 0.1)
    lobby.discord.faults.add("GET /guilds/{id}/members/{id}", faults.silence(60), times=None)
    form = await about(lobby)

    reply = await lobby.discord.submit(form, {"question": "Is <@1> right?"}, person=lobby.ada)

    assert reply.elapsed_s < 0.1
    assert await lobby.outcome(reply) is None
    assert await asked(lobby) == ["Is @1 right?"]

"""Forms: who may send them, how often, and until when."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from adapters.slack.forms import asking as forms
from adapters.slack.thread.blocks import actions, button
from adapters.slack.thread.conclusion import FOLLOW_UP
from bot.domain import Deliberation, Remark
from bot.domain.events import SynthesisReady
from tests.adapters.slack.lobby import Lobby
from tests.adapters.slack.windows import Hands
from tests.fakes.council import SYNTHESIS
from tests.fakes.slack.records import Message, Person, View
from tests.fakes.slack.server import SlackServer

TOO_LATE = "This form has been open for too long; open it again."


async def answered(lobby: Lobby) -> tuple[Deliberation, Message]:
    """Let a deliberation have ended; return it and the message with its buttons."""
    first = await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    root = lobby.channel.messages[0]
    block = actions(button("Ask a follow-up", FOLLOW_UP, first.id))
    return first, lobby.bot_says([block], thread_ts=root.ts)


async def opened(lobby: Lobby, message: Message) -> View:
    reply = await lobby.slack.click(message, FOLLOW_UP, person=lobby.kim)
    assert reply.is_acknowledged
    return await Hands(lobby, lobby.kim).filled()


async def submit(
    lobby: Lobby, view: View, text: str = "And then?", person: Person | None = None
) -> str | None:
    """Submit the form and return the error that it shows."""
    values: dict[str, dict[str, object]] = {forms.QUESTION: {forms.QUESTION: text}}
    reply = await lobby.slack.submit(view, values, person=person or lobby.kim)
    assert reply.is_acknowledged
    if reply.body is None:
        return None
    assert isinstance(reply.body, dict)
    assert reply.body["response_action"] == "errors"
    return str(reply.body["errors"][forms.QUESTION])


async def started(lobby: Lobby) -> int:
    return len(await lobby.asked()) - 1


async def test_a_follow_up_brings_what_was_said_before(lobby: Lobby) -> None:
    first, message = await answered(lobby)

    view = await opened(lobby, message)
    said = await submit(lobby, view, "And &lt; <b> & <https://x.example|x> <@U1>?")

    assert "After: First, why?" in str(view.blocks)
    assert said is None
    _, second = await lobby.asked()
    assert second.question.text == "And &lt; <b> & <https://x.example|x> <@U1>?"
    assert second.question.place == lobby.place(lobby.channel, message.thread_ts)
    assert second.question.context == (
        Remark("kim", first.question.text),
        Remark("Council", SYNTHESIS.text),
    )


@pytest.mark.parametrize("text", [" ", "\u200b", "x"])
async def test_what_is_no_question_is_said_in_the_form(lobby: Lobby, text: str) -> None:
    view = await opened(lobby, (await answered(lobby))[1])

    said = await submit(lobby, view, text)
    again = await submit(lobby, view, "And then?")

    assert said is not None
    assert said.startswith("The question is")
    assert again is None
    assert await started(lobby) == 1


async def test_a_form_that_is_sent_twice_asks_once(lobby: Lobby) -> None:
    view = await opened(lobby, (await answered(lobby))[1])

    said = await asyncio.gather(*(submit(lobby, view) for _ in range(5)))

    assert said == [None] * 5
    assert await started(lobby) == 1


async def test_two_forms_ask_twice(lobby: Lobby) -> None:
    _, message = await answered(lobby)

    for _ in range(2):
        await submit(lobby, await opened(lobby, message))

    assert await started(lobby) == 2


async def test_a_form_of_somebody_else_is_refused(lobby: Lobby) -> None:
    view = await opened(lobby, (await answered(lobby))[1])
    thief = lobby.slack.add_person("thief")

    assert await submit(lobby, view, person=thief) == TOO_LATE
    assert await started(lobby) == 0


async def test_a_form_from_another_workspace_is_refused(lobby: Lobby, slack: SlackServer) -> None:
    view = await opened(lobby, (await answered(lobby))[1])
    ticket = str(view.document["private_metadata"])
    content = await lobby.desk.tickets.read("slack after", ticket)
    assert content is not None
    moved = content.replace(slack.workspace.team_id, "T0OTHER")
    view.document["private_metadata"] = await lobby.desk.tickets.issue(
        "slack after", moved, timedelta(hours=1)
    )

    assert await submit(lobby, view) == TOO_LATE
    assert await started(lobby) == 0


@pytest.mark.parametrize("forged", ["", "x", "\0", "'; --", "{}", "x" * 3000, "1m84graz8bzj7zka"])
async def test_a_forged_ticket_is_refused(lobby: Lobby, forged: str) -> None:
    view = await opened(lobby, (await answered(lobby))[1])
    view.document["private_metadata"] = forged

    assert await submit(lobby, view) == TOO_LATE
    assert await started(lobby) == 0


async def test_a_ticket_for_something_else_is_refused(lobby: Lobby) -> None:
    view = await opened(lobby, (await answered(lobby))[1])
    other = await lobby.desk.tickets.issue("slack state", "{}", timedelta(hours=1))
    view.document["private_metadata"] = other

    assert await submit(lobby, view) == TOO_LATE


async def test_a_form_that_was_open_for_too_long_is_refused(lobby: Lobby) -> None:
    view = await opened(lobby, (await answered(lobby))[1])

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13), tick=True):
        said = await submit(lobby, view)

    assert said == TOO_LATE
    assert await started(lobby) == 0


async def test_a_channel_that_is_closed_by_then_is_said_in_the_form(lobby: Lobby) -> None:
    view = await opened(lobby, (await answered(lobby))[1])
    lobby.channel.is_archived = True

    said = await submit(lobby, view)

    assert said == "This channel is archived; unarchive it or ask in another one."
    assert await started(lobby) == 0

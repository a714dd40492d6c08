"""Deliveries of every kind are acknowledged in time, and nothing that goes on is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from adapters.slack.thread.blocks import actions, button
from bot.desk import Errands
from bot.domain import Deliberation
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.adapters.slack.windows import Hands
from tests.fakes.shapes import Json
from tests.fakes.slack import faults
from tests.fakes.slack.deliveries import Delivery
from tests.fakes.slack.server import SlackServer


@pytest.fixture
def logs() -> Generator[list[EventDict]]:
    """Collect what is logged."""
    with capture_logs() as entries:
        yield entries


both_ways = pytest.mark.parametrize("is_by_http", [False, True], ids=["socket", "http"])


def unknown(lobby: Lobby) -> dict[str, Delivery]:
    """Return deliveries that the bot has no use for."""
    prepare, kim = lobby.slack.prepare, lobby.kim
    link = button("Read it", "a_link", "x", url="https://example.com")
    message = lobby.bot_says([actions(link)])
    modal: Json = {
        "type": "modal",
        "callback_id": "unknown",
        "title": {"type": "plain_text", "text": "Hm"},
        "blocks": [{**actions(button("Do it", "unknown", "x")), "block_id": "b"}],
    }
    view = lobby.slack.views.open(kim, modal)
    shortcut = prepare.shortcut(message, kim, "unknown")
    everywhere = {
        name: value
        for name, value in shortcut.payload.items()
        if name not in ("message", "message_ts", "channel", "response_url")
    }
    suggestion = {**everywhere, "type": "block_suggestion", "action_id": "x", "value": "a"}
    return {
        "a link": prepare.click(message, "a_link", kim, lobby.channel),
        "a button in a window": prepare.click_view(view, "unknown", kim),
        "a form": prepare.submission(view, {}, kim),
        "a closed form": prepare.closing(view, kim),
        "a message shortcut": shortcut,
        "a global shortcut": Delivery("interactive", {**everywhere, "type": "shortcut"}),
        "a suggestion": Delivery("interactive", suggestion),
        "an event": prepare.event({"type": "reaction_added", "user": kim.id, "reaction": "x"}),
        "an event of a channel": prepare.event({"type": "channel_rename", "channel": {"id": "C1"}}),
    }


@both_ways
async def test_what_nobody_asked_for_is_acknowledged(
    slack: SlackServer, *, is_by_http: bool
) -> None:
    async with open_lobby(slack, is_by_http=is_by_http) as lobby:
        deliveries = unknown(lobby)
        replies = {what: await slack.deliver(known) for what, known in deliveries.items()}

        assert {what: reply.status for what, reply in replies.items()} == dict.fromkeys(
            deliveries, 200
        )
        assert not any(reply.body for reply in replies.values())
        assert await lobby.cost_nothing()
        assert slack.ephemerals == []


async def test_the_command_may_have_another_name(lobby: Lobby) -> None:
    await lobby.slack.command("Which one?", channel=lobby.channel, person=lobby.kim, command="/rat")

    await lobby.only()


class SecretError(Exception):
    """Something that nobody has thought of."""


@both_ways
async def test_an_error_shows_neither_in_a_channel_nor_in_the_log(
    slack: SlackServer,
    logs: list[EventDict],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_by_http: bool,
) -> None:
    slack.patience_s, slack.retry_delays_s = 0.3, ()

    async def fail(deliberation: Deliberation, **named: Any) -> Deliberation:
        message = f"canary {deliberation.question.text} {named}"
        raise SecretError(message)

    async with open_lobby(slack, is_by_http=is_by_http) as lobby:
        monkeypatch.setattr(lobby.records, "create", fail)
        typed = await slack.command("Which one?", channel=lobby.channel, person=lobby.kim)
        mentioned = await slack.mention("Why?", channel=lobby.channel, person=lobby.kim)
        assert await lobby.cost_nothing()

    assert typed.is_acknowledged
    assert "Something went wrong inside the bot." in str(typed.body)
    assert mentioned.status == (503 if is_by_http else 0)
    shown = str([call.body for call in slack.calls]) + str(mentioned.body) + str(logs)
    assert "canary" not in shown
    assert {entry["error"] for entry in logs if "error" in entry} == {"SecretError"}


async def test_another_workspace_is_told_that_the_bot_is_not_there(lobby: Lobby) -> None:
    abroad = lobby.slack.add_workspace("Abroad", is_installed=False)
    stranger = lobby.slack.add_person("stranger", workspace=abroad)
    place = lobby.slack.add_channel("theirs", workspace=abroad)

    typed = await lobby.slack.command("Which one?", channel=place, person=stranger)
    mentioned = await lobby.slack.mention("Which one?", channel=place, person=stranger)

    assert typed.is_acknowledged
    assert mentioned.is_acknowledged
    said = [response.payload["text"] for response in lobby.slack.responses]
    assert "Council is not installed in your workspace; an admin can install it." in said
    assert await lobby.cost_nothing()


async def test_in_an_organisation_every_way_leads_to_the_same_place(slack: SlackServer) -> None:
    slack.workspace.enterprise_id = "E0ORG"
    slack.install(slack.workspace, slack.workspace.scopes, is_org_wide=True)
    async with open_lobby(slack) as lobby:
        await lobby.command("Which one?")
        reply = await slack.mention("Which one?", channel=lobby.channel, person=lobby.kim)
        assert reply.message is not None
        await slack.shortcut(reply.message, person=lobby.kim)
        view = await Hands(lobby, lobby.kim).filled()
        await slack.submit(view, {}, person=lobby.kim)
        known = [one.question.place for one in await lobby.asked()]

    assert [place.workspace for place in known] == ["E0ORG"] * 3
    assert {place.channel for place in known} == {lobby.channel.id}


async def test_a_removal_is_told(lobby: Lobby) -> None:
    team = lobby.slack.workspace.team_id
    people = {"type": "tokens_revoked", "tokens": {"oauth": [lobby.kim.id], "bot": []}}

    await lobby.slack.event(people)
    before = list(lobby.removed)
    replies = await lobby.slack.uninstall(lobby.slack.workspace)

    assert before == []
    assert lobby.removed == [team, team]
    assert all(reply.is_acknowledged for reply in replies)


async def test_what_is_still_to_be_said_is_said_before_the_end(slack: SlackServer) -> None:
    async with open_lobby(slack) as lobby:
        slack.faults.add("chat.postEphemeral", faults.slow(0.3))
        reply = await slack.mention("x", channel=lobby.channel, person=lobby.kim)
        before = len(slack.ephemerals)

    assert reply.is_acknowledged
    assert before == 0
    assert len(slack.ephemerals) == 1


async def test_a_whisper_that_fails_is_logged_and_nothing_more(
    slack: SlackServer, logs: list[EventDict]
) -> None:
    slack.faults.add("chat.postEphemeral", faults.status(503), times=None)

    async with open_lobby(slack) as lobby:
        reply = await slack.mention("x", channel=lobby.channel, person=lobby.kim)

    assert reply.is_acknowledged
    assert [(entry["event"], entry["error"]) for entry in logs] == [
        ("errand failed", "ChatUnclear")
    ]


async def test_errands_end_with_their_context() -> None:
    done: list[str] = []

    async def run(name: str, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        done.append(name)

    async with Errands(goodbye_s=0.2) as errands:
        quick, slow = errands.begin(run("quick", 0.01)), errands.begin(run("slow", 60))

    assert done == ["quick"]
    assert quick.done()
    assert slow.cancelled()

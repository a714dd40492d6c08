"""Direct messages to the bot."""

from __future__ import annotations

import pytest

from bot.domain import Remark
from bot.domain.events import SynthesisReady
from tests.adapters.slack.lobby import Lobby
from tests.fakes.council import SYNTHESIS
from tests.fakes.slack.records import Channel


@pytest.fixture
def direct(lobby: Lobby) -> Channel:
    return lobby.slack.direct(lobby.kim)


async def test_a_direct_message_asks_without_a_mention(lobby: Lobby, direct: Channel) -> None:
    await lobby.slack.say("Why is that?", channel=direct, person=lobby.kim)

    question = (await lobby.only()).question
    assert question.text == "Why is that?"
    assert question.place == lobby.place(direct)


async def test_a_mention_in_a_direct_message_is_no_part_of_the_question(
    lobby: Lobby, direct: Channel
) -> None:
    bot = lobby.slack.workspace.bot_user_id

    await lobby.slack.say(f"<@{bot}> why is that?", channel=direct, person=lobby.kim)

    assert (await lobby.only()).question.text == "why is that?"


async def test_a_reply_in_its_thread_is_a_follow_up(lobby: Lobby, direct: Channel) -> None:
    first = await lobby.have("First, why?", SynthesisReady(SYNTHESIS), channel=direct)
    root = direct.messages[0]

    await lobby.slack.say("And then?", channel=direct, person=lobby.kim, thread_ts=root.ts)

    _, second = await lobby.asked()
    assert second.question.place == lobby.place(direct, root.ts)
    assert second.question.context == (
        Remark("kim", first.question.text),
        Remark("Council", SYNTHESIS.text),
    )


async def test_a_file_alone_is_asked_about(lobby: Lobby, direct: Channel) -> None:
    plan = lobby.slack.add_file("plan.md", b"# Plan", person=lobby.kim)

    await lobby.slack.say("", channel=direct, person=lobby.kim, files=[plan])

    question = (await lobby.only()).question
    assert question.text == "What do you make of this?"
    assert [file.name for file in question.attachments] == ["plan.md"]


async def test_commands_work_directly(lobby: Lobby, direct: Channel) -> None:
    await lobby.slack.say("help", channel=direct, person=lobby.kim)

    assert "`/council status`" in await lobby.whispered()
    assert lobby.slack.ephemerals[0][0] is direct
    assert await lobby.cost_nothing()


async def test_the_slash_command_works_in_ones_own_direct_messages(
    lobby: Lobby, direct: Channel
) -> None:
    assert await lobby.command("Why is that?", channel=direct) is None

    assert (await lobby.only()).question.place == lobby.place(direct)


async def test_opening_the_messages_asks_nothing(lobby: Lobby) -> None:
    reply = await lobby.slack.open_home(lobby.kim, tab="messages")

    assert reply.is_acknowledged
    assert await lobby.cost_nothing()
    assert lobby.slack.views.home(lobby.kim) is None

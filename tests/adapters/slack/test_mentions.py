"""Mentions of the bot, in channels and threads."""

from __future__ import annotations

import pytest

from bot.domain import Attachment
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.slack import faults
from tests.fakes.slack.records import File, Message
from tests.fakes.slack.server import SlackServer


def bot(lobby: Lobby) -> str:
    return f"<@{lobby.slack.workspace.bot_user_id}>"


async def say(lobby: Lobby, text: str, **fields: object) -> None:
    """Let the bot hear a message that has fields of its own."""
    message = lobby.slack.post(
        Message(lobby.slack.stamps.ts(), lobby.channel, text, user=lobby.kim.id)
    )
    for delivery in (lobby.slack.prepare.mention(message), lobby.slack.prepare.message(message)):
        delivery.payload["event"] |= fields
        assert (await lobby.slack.send(delivery)).is_acknowledged


def files(lobby: Lobby, number: int) -> list[File]:
    names = [f"plan-{count}.md" for count in range(number)]
    return [lobby.slack.add_file(name, b"# Plan", person=lobby.kim) for name in names]


async def test_a_mention_asks_in_its_channel(lobby: Lobby) -> None:
    reply = await lobby.slack.mention("Why is that?", channel=lobby.channel, person=lobby.kim)

    assert reply.is_acknowledged
    question = (await lobby.only()).question
    assert question.text == "Why is that?"
    assert question.place == lobby.place(lobby.channel)
    assert (question.asker, question.asker_id) == ("kim", lobby.kim.id)


async def test_a_mention_in_a_thread_asks_in_the_thread(lobby: Lobby) -> None:
    said = await lobby.slack.say("We disagree.", channel=lobby.channel, person=lobby.kim)
    assert said.message is not None

    await lobby.slack.mention(
        "Who is right?", channel=lobby.channel, person=lobby.kim, thread_ts=said.message.ts
    )

    assert (await lobby.only()).question.place == lobby.place(lobby.channel, said.message.ts)


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("Hey {bot}, why is that?", "Hey  , why is that?"),
        ("{bot} {bot} why is that?", "why is that?"),
        ("{named} why is that?", "why is that?"),
        ("{bot} ask history of Rome", "history of Rome"),
        ("{bot}\nask\nhistory of Rome", "history of Rome"),
    ],
)
async def test_the_mention_itself_is_no_part_of_the_question(
    lobby: Lobby, written: str, question: str
) -> None:
    named = bot(lobby).replace(">", "|council>")

    await say(lobby, written.format(bot=bot(lobby), named=named))

    assert (await lobby.only()).question.text == question


async def test_a_mention_brings_its_files(lobby: Lobby) -> None:
    plan = lobby.slack.add_file("plan.md", b"# Plan", person=lobby.kim)
    picture = lobby.slack.add_file("picture.png", b"\x89PNG", person=lobby.kim)

    await lobby.slack.mention(
        "What is wrong here?", channel=lobby.channel, person=lobby.kim, files=[plan, picture]
    )

    attachments = (await lobby.only()).question.attachments
    assert [(file.name, file.media_type) for file in attachments] == [
        ("plan.md", "text/markdown"),
        ("picture.png", "image/png"),
    ]
    assert all(file.source for file in attachments)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("", "What do you make of this?"),
        ("ask", "What do you make of this?"),
        ("status", "status"),
        ("ask why?", "why?"),
    ],
)
async def test_what_comes_with_a_file_is_a_question(lobby: Lobby, text: str, question: str) -> None:
    await lobby.slack.mention(text, channel=lobby.channel, person=lobby.kim, files=files(lobby, 1))

    assert (await lobby.only()).question.text == question


async def test_more_than_ten_files_are_refused(lobby: Lobby) -> None:
    await lobby.slack.mention(
        "Why?", channel=lobby.channel, person=lobby.kim, files=files(lobby, 11)
    )

    assert await lobby.whispered() == "A question takes at most 10 files, not 11."
    assert await lobby.cost_nothing()


async def test_a_file_that_slack_hides_is_named(lobby: Lobby) -> None:
    hidden = {"id": "F1", "mode": "file_access", "file_access": "check_file_info"}
    deleted = {"id": "F2", "mode": "tombstone"}

    await say(lobby, f"{bot(lobby)} Why is that?", files=[hidden, deleted])

    assert (await lobby.only()).question.attachments == (
        Attachment("file", "text/plain", fault="file was left out: Slack does not show it to me."),
    )


async def test_a_doubled_mention_is_one_deliberation(lobby: Lobby) -> None:
    await lobby.slack.mention("Why is that?", channel=lobby.channel, person=lobby.kim, doubled=True)

    await lobby.only()


async def test_an_edited_mention_is_no_second_one(lobby: Lobby) -> None:
    await say(lobby, f"{bot(lobby)} Why is that?")
    message = lobby.channel.messages[0]
    message.change(f"{bot(lobby)} Why is that so?", [])
    message.edited_ts = lobby.slack.stamps.ts()

    await lobby.slack.send(lobby.slack.prepare.mention(message))

    assert (await lobby.only()).question.text == "Why is that?"


async def test_a_command_can_be_mentioned(lobby: Lobby) -> None:
    await lobby.slack.mention("status", channel=lobby.channel, person=lobby.kim)

    assert await lobby.whispered() == "The council is not working on anything in this channel."
    ((channel, person, payload),) = lobby.slack.ephemerals
    assert (channel, person) == (lobby.channel, lobby.kim)
    assert "thread_ts" not in payload


async def test_what_is_said_stays_in_the_thread_where_it_was_asked(lobby: Lobby) -> None:
    said = await lobby.slack.say("We disagree.", channel=lobby.channel, person=lobby.kim)
    assert said.message is not None

    await lobby.slack.mention(
        "x", channel=lobby.channel, person=lobby.kim, thread_ts=said.message.ts
    )

    assert "single character" in await lobby.whispered()
    ((_, _, payload),) = lobby.slack.ephemerals
    assert payload["thread_ts"] == said.message.ts


async def test_a_mention_where_the_bot_is_not_is_answered_directly(lobby: Lobby) -> None:
    lobby.channel.has_bot = False
    direct = lobby.slack.direct(lobby.kim)

    await lobby.slack.mention("Why is that?", channel=lobby.channel, person=lobby.kim)

    await lobby.slack.until(lambda: len(direct.messages) > 0)
    assert [message.text for message in direct.messages] == [
        "I am not in this channel yet. Type `/invite @Council` here, then ask again."
    ]
    assert not await lobby.asked()


async def test_a_whisper_that_may_have_arrived_is_not_said_twice(slack: SlackServer) -> None:
    slack.faults.add("chat.postEphemeral", faults.lost_after_effect())

    async with open_lobby(slack) as lobby:
        await slack.mention("x", channel=lobby.channel, person=lobby.kim)

    assert len(slack.ephemerals) == 1
    assert slack.direct(lobby.kim).messages == []


async def test_a_message_without_a_mention_is_none_of_ours(lobby: Lobby) -> None:
    await lobby.slack.say("Why is that?", channel=lobby.channel, person=lobby.kim, is_heard=True)
    await lobby.slack.say("<@U0OTHER> why?", channel=lobby.channel, person=lobby.kim, is_heard=True)

    assert await lobby.cost_nothing()
    assert lobby.slack.ephemerals == []


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B0OTHER", "app_id": "A0OTHER"},
        {"subtype": "bot_message", "user": None, "username": "Other"},
        {"subtype": "message_changed", "user": None},
        {"subtype": "message_deleted", "user": None},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "tombstone"},
        {"user": None},
    ],
)
async def test_what_no_person_wrote_is_not_heard(lobby: Lobby, fields: dict[str, object]) -> None:
    await say(lobby, f"{bot(lobby)} Why is that?", **fields)

    assert await lobby.cost_nothing()
    assert lobby.slack.ephemerals == []


async def test_the_bot_does_not_hear_itself(lobby: Lobby) -> None:
    message = lobby.bot_says([])
    message.change(f"{bot(lobby)} Why is that?", [])

    replies = [
        await lobby.slack.send(lobby.slack.prepare.mention(message)),
        await lobby.slack.send(lobby.slack.prepare.message(message)),
    ]

    assert all(reply.is_acknowledged for reply in replies)
    assert await lobby.cost_nothing()


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share"])
async def test_what_a_person_wrote_in_another_form_is_heard(lobby: Lobby, subtype: str) -> None:
    await say(lobby, f"{bot(lobby)} Why is that?", subtype=subtype)

    await lobby.only()

"""Mentions of the bot: what is one, what it asks, and where the bot answers."""

from __future__ import annotations

import pytest

from tests.adapters.discord.lobby import Lobby, open_lobby, words
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.kinds import MessageType
from tests.fakes.discord.message_wire import told, wire_of_message
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import File, Message, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event

ABOUT_THIS = "What do you make of this?"


@pytest.fixture
def bob(lobby: Lobby) -> Person:
    return lobby.discord.add_person("Bob")


def files(lobby: Lobby, number: int) -> tuple[File, ...]:
    return tuple(lobby.discord.add_file(f"plan-{n}.md", b"# Plan") for n in range(number))


async def say(lobby: Lobby, text: str, person: Person) -> Message:
    return await lobby.discord.say(text, channel=lobby.channel, person=person)


async def test_a_mention_asks_in_its_channel(lobby: Lobby) -> None:
    said = await lobby.mention("Why is that?")

    assert said is None
    question = await lobby.only()
    assert question.text == "Why is that?"
    assert question.place == lobby.place(lobby.channel)
    assert (question.asker, question.asker_id) == ("Ada", str(lobby.ada.id))
    assert (question.context, question.attachments) == ((), ())


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("Hey {bot}, why is that?", "Hey  , why is that?"),
        ("{bot} {bot} why is that?", "why is that?"),
        ("{old} why is that?", "why is that?"),
        ("{role} why is that?", "why is that?"),
        ("{bot} ask history of Rome", "history of Rome"),
        ("{bot}\nask\nhistory of Rome", "history of Rome"),
        ("{bot} is {ada} right in {channel}, <:no:1>?", "is @Ada right in #general, :no:?"),
    ],
)
async def test_the_mention_itself_is_no_part_of_the_question(
    lobby: Lobby, written: str, question: str
) -> None:
    own = lobby.discord.guild.bot_role
    own.is_mentionable = True
    names = {
        "bot": lobby.discord.bot.mention,
        "old": f"<@!{lobby.discord.bot.id}>",
        "role": f"<@&{own.id}>",
        "ada": lobby.ada.mention,
        "channel": lobby.channel.mention,
    }

    await lobby.heard(await say(lobby, written.format(**names), lobby.ada))

    assert (await lobby.only()).text == question


# Files, commands, and where the bot answers.


@pytest.mark.parametrize(
    ("text", "question"),
    [("", ABOUT_THIS), ("ask", ABOUT_THIS), ("status", "status"), ("ask why?", "why?")],
)
async def test_what_comes_with_a_file_is_a_question(lobby: Lobby, text: str, question: str) -> None:
    await lobby.mention(text, files=files(lobby, 1))

    asked = await lobby.only()
    assert asked.text == question
    assert [file.name for file in asked.attachments] == ["plan-0.md"]


async def test_a_mention_alone_brings_help(lobby: Lobby) -> None:
    said = await lobby.mention("")

    assert said is not None
    assert "`/council status`" in said
    assert await lobby.cost_nothing()


async def test_a_mention_of_its_role_whose_words_are_hidden_brings_help(
    discord: DiscordServer,
) -> None:
    discord.allowed_intents = Intent(0)
    discord.guild.bot_role.is_mentionable = True
    async with open_lobby(discord) as lobby:
        message = await say(lobby, f"<@&{discord.guild.bot_role.id}> why?", lobby.ada)

        said = await lobby.heard(message)

        assert said is not None
        assert said.endswith("my operator has not switched on the Message Content Intent.")


async def test_a_command_can_be_mentioned_and_is_answered_in_a_reply(lobby: Lobby) -> None:
    said = await lobby.mention("status")

    assert said == "The council is not working on anything in this channel."
    question, answer = lobby.channel.messages
    assert answer.replied_to is question
    assert answer.mentions == []


async def test_where_the_bot_may_not_write_it_answers_directly(lobby: Lobby) -> None:
    lobby.discord.deny(lobby.channel, Permission.SEND_MESSAGES)

    said = await lobby.mention("Why is that?")

    assert said is not None
    assert said.startswith("I lack rights in this channel: Send Messages.")
    assert [words(one) for one in lobby.discord.direct(lobby.ada).messages] == [said]
    assert await lobby.cost_nothing()


async def test_whoever_takes_no_direct_messages_hears_nothing(lobby: Lobby) -> None:
    lobby.ada.is_closed = True
    lobby.discord.deny(lobby.channel, Permission.SEND_MESSAGES)

    assert await lobby.mention("Why is that?") is None
    assert await lobby.cost_nothing()


async def test_a_reply_that_may_have_arrived_is_not_said_twice(lobby: Lobby) -> None:
    lobby.discord.faults.add("POST /channels/{id}/messages", faults.lost_after_effect())

    assert await lobby.mention("status") is not None
    assert lobby.discord.direct(lobby.ada).messages == []


# What is none of the bot's business.


async def test_a_message_without_a_mention_is_none_of_ours(lobby: Lobby, bob: Person) -> None:
    role = lobby.discord.add_role("Cooks", is_mentionable=True)
    mine = lobby.bot_says([{"type": 10, "content": "It is 42."}])
    boss = lobby.discord.add_person("Boss", is_admin=True)

    said = [
        await say(lobby, "Why is that?", bob),
        await say(lobby, f"{lobby.ada.mention} <@&{role.id}> why?", bob),
        await say(lobby, "@everyone @here why?", boss),
        await lobby.discord.say("Thanks!", channel=lobby.channel, person=bob, reply_to=mine),
    ]

    assert lobby.discord.bot.id in said[-1].mentions
    assert "everyone" in said[2].mentions
    assert [await lobby.heard(one) for one in said] == [None] * 4
    assert await lobby.cost_nothing()


async def test_an_edited_mention_is_no_second_one(lobby: Lobby) -> None:
    message = await lobby.discord.mention("Why?", channel=lobby.channel, person=lobby.ada)
    await lobby.heard(message)

    await lobby.discord.edit(message, f"{lobby.discord.bot.mention} Why is that so?")
    await lobby.heard(await say(lobby, "Edited.", lobby.ada))

    assert (await lobby.only()).text == "Why?"


async def test_what_no_person_wrote_is_not_heard(lobby: Lobby, bob: Person) -> None:
    other = lobby.discord.add_person("Other bot", is_bot=True)
    text = f"{lobby.discord.bot.mention} Why is that?"
    heard = [
        lobby.discord.new_message(lobby.channel, other, text),
        lobby.discord.new_message(lobby.channel, lobby.discord.bot, text),
        lobby.discord.new_message(lobby.channel, bob, text),
    ]
    heard[2].type = MessageType.THREAD_CREATED

    said = [await lobby.heard(lobby.discord.post(message)) for message in heard]

    assert said == [None] * 3
    assert await lobby.cost_nothing()


async def test_a_webhook_is_not_heard(lobby: Lobby, bob: Person) -> None:
    text = f"{lobby.discord.bot.mention} Why is that?"
    message = lobby.discord.new_message(lobby.channel, bob, text)
    payload = {**told(wire_of_message(message, lobby.discord.bot), message), "webhook_id": "7"}

    lobby.discord.emit(Event("MESSAGE_CREATE", payload, lobby.discord.guild))

    assert await lobby.heard(message) is None
    assert await lobby.cost_nothing()

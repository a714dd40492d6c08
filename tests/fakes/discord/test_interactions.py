"""Commands and menus, through the real discord.py."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord import faults
from tests.fakes.discord.kinds import MessageType
from tests.fakes.discord.library import Interaction, app_commands
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, answered, ask, refusal, stored
from tests.fakes.discord.server import DiscordServer

CALLBACK = "POST /interactions/{id}/{token}/callback"
pytestmark = pytest.mark.usefixtures("asked")


async def test_a_command_comes_with_its_options(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    file = discord.add_file("f.txt", b"data")
    reply = await ask(discord, channel, ada, mode="fast", attachment=file)

    await discord.until(lambda: asked)
    extras = asked[0].extras
    assert (extras["question"], extras["mode"]) == ("why?", "fast")
    assert await extras["attachment"].read() == b"data"
    assert "/ephemeral-attachments/" in extras["attachment"].url
    assert asked[0].user.id == ada.id
    assert (reply.is_acknowledged, reply.kind) == (True, "message")
    assert reply.elapsed_s < 1
    assert reply.message is stored(channel)
    assert stored(channel).type is MessageType.CHAT_INPUT_COMMAND


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("other",), "no command 'other' is offered; there is: council"),
        (("council",), "a sub-command is missing"),
        (("council", "tell"), "no sub-command 'tell'"),
        (("council", "ask"), "question is required"),
        (("council", "ask", {"question": "?"}), "question: 1 characters"),
        (("council", "ask", {"question": 5}), "question takes STRING"),
        (("council", "ask", {"question": "why?", "mode": "slow"}), r"mode offers \['fast'\]"),
        (("council", "ask", {"question": "why?", "size": 1}), "no option 'size'"),
    ],
)
async def test_the_client_offers_only_what_is_registered(
    discord: DiscordServer,
    channel: Channel,
    ada: Person,
    words: tuple[Any, ...],
    complaint: str,
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        await discord.command(*words, channel=channel, person=ada)


async def test_commands_need_rights_and_a_fitting_place(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    @bot.tree.command(name="reset", description="Reset")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def reset(interaction: Interaction) -> None:
        await answered(interaction)

    await bot.tree.sync()
    boss = discord.add_person("Boss", is_admin=True)

    assert (await discord.command("reset", channel=channel, person=boss)).is_acknowledged
    with pytest.raises(AssertionError, match="lacks the permissions"):
        await discord.command("reset", channel=channel, person=ada)
    with pytest.raises(AssertionError, match="not offered in such a channel"):
        await discord.command("reset", channel=discord.direct(ada), person=ada)
    discord.deny(channel, Permission.USE_APPLICATION_COMMANDS, target=ada)
    with pytest.raises(AssertionError, match="may use no commands"):
        await discord.command("reset", channel=channel, person=ada)


async def test_autocomplete(discord: DiscordServer, channel: Channel, ada: Person) -> None:
    reply = await discord.autocomplete(
        "council", "show", {"key": "k"}, focused="key", channel=channel, person=ada
    )

    assert reply.kind == "choices"
    assert [choice["name"] for choice in reply.choices] == ["k0", "k1", "k2"]
    with pytest.raises(AssertionError, match="has no autocomplete"):
        await discord.autocomplete(
            "council", "ask", {"question": "w"}, focused="question", channel=channel, person=ada
        )


async def test_a_message_command_reads_its_message(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    said = await discord.say("secret", channel=channel, person=ada)

    reply = await discord.message_command("Ask the council", said, person=ada)

    await discord.until(lambda: asked)
    assert asked[0].extras["content"] == "secret"
    assert reply.message is not None
    assert reply.message.type is MessageType.CONTEXT_MENU_COMMAND


async def test_a_user_command_has_its_person(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    grace = discord.add_person("Grace")

    await discord.user_command("Who is it", grace, channel=channel, person=ada)

    await discord.until(lambda: asked)
    assert asked[0].extras["person"].id == grace.id


async def test_a_bot_without_rights_still_answers(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    discord.deny(channel, Permission.VIEW_CHANNEL)

    reply = await ask(discord, channel, ada)

    assert reply.is_acknowledged
    await discord.until(lambda: asked)
    assert not asked[0].app_permissions.view_channel
    assert await refusal(bot.fetch_channel(channel.id)) == (403, 50001)


async def test_commands_in_direct_messages_and_threads(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot, asked: list[Interaction]
) -> None:
    bot.answer = answered
    thread = await discord.start_thread("Talk", person=ada, channel=channel)

    await ask(discord, discord.direct(ada), ada)
    await ask(discord, thread, ada)

    await discord.until(lambda: len(asked) == 2)
    assert [i.guild_id for i in asked] == [None, discord.guild.id]
    assert [(i.context.dm_channel, i.context.guild) for i in asked] == [
        (True, False),
        (False, True),
    ]
    assert asked[1].channel_id == thread.id
    discord.change_thread(thread, is_archived=True)
    with pytest.raises(AssertionError, match="archived thread"):
        await ask(discord, thread, ada)


async def test_callbacks_fail_too(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    bot.answer = answered
    discord.ack_deadline_s = 0.1
    discord.faults.add(CALLBACK, faults.lost_before_effect())

    assert not (await ask(discord, channel, ada)).is_acknowledged
    assert channel.messages == []

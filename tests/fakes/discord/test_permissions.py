"""Who may do what where: the rules, and what the real discord.py meets."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.fakes.discord.access import permissions_of
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.library import Embed, File
from tests.fakes.discord.permissions import (
    BOT,
    EVERYONE,
    EVERYTHING,
    NEED_SENDING,
    NOTHING,
    Overwrite,
    Permission,
)
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal
from tests.fakes.discord.server import DiscordServer

VIEW, SEND, FILES = Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.ATTACH_FILES


@pytest.fixture
def world() -> DiscordServer:
    return DiscordServer()


def test_roles_add_up(world: DiscordServer) -> None:
    role = world.add_role("Pins", permissions=Permission.PIN_MESSAGES)
    ada = world.add_person("Ada", roles=[role])
    channel = world.add_channel("general")

    assert permissions_of(ada, channel) == EVERYONE | Permission.PIN_MESSAGES
    assert permissions_of(world.bot, channel) == EVERYONE | BOT


def test_owners_and_administrators_may_everything(world: DiscordServer) -> None:
    boss = world.add_person("Boss", is_admin=True)
    closed = {world.guild.everyone: Overwrite(deny=EVERYTHING)}
    channel = world.add_channel("closed", overwrites=closed)

    assert permissions_of(boss, channel) == EVERYTHING
    assert permissions_of(world.guild.owner, channel) == EVERYTHING


def test_overwrites_go_from_everyone_over_roles_to_the_member(world: DiscordServer) -> None:
    no, yes = world.add_role("No"), world.add_role("Yes")
    ada = world.add_person("Ada", roles=[no, yes])
    overwrites = {
        world.guild.everyone: Overwrite(deny=SEND),
        no: Overwrite(deny=SEND),
        yes: Overwrite(allow=SEND),
    }
    channel = world.add_channel("mixed", overwrites=overwrites)
    bystander = world.add_person("Bystander")

    assert SEND in permissions_of(ada, channel)
    assert SEND not in permissions_of(bystander, channel)
    world.deny(channel, SEND, target=ada)
    assert SEND not in permissions_of(ada, channel)
    world.allow(channel, SEND, target=bystander)
    assert SEND in permissions_of(bystander, channel)


def test_what_needs_another_right_goes_with_it(world: DiscordServer) -> None:
    ada, channel = world.add_person("Ada"), world.add_channel("general")

    world.deny(channel, SEND, target=ada)
    assert not permissions_of(ada, channel) & NEED_SENDING
    world.deny(channel, VIEW, target=ada)
    assert permissions_of(ada, channel) == NOTHING


async def test_sending_in_threads_is_a_right_of_its_own(world: DiscordServer) -> None:
    ada, channel = world.add_person("Ada"), world.add_channel("general")
    thread = await world.start_thread("Talk", person=ada, channel=channel)

    world.deny(channel, SEND, target=ada)
    assert FILES in permissions_of(ada, thread)
    world.deny(channel, Permission.SEND_MESSAGES_IN_THREADS, target=ada)
    assert FILES not in permissions_of(ada, thread)


async def test_private_threads_are_for_members_and_moderators(world: DiscordServer) -> None:
    ada, grace = world.add_person("Ada"), world.add_person("Grace")
    channel = world.add_channel("general")
    thread = world.new_thread(channel, "Closed", ada)
    thread.kind = Kind.PRIVATE_THREAD
    world.open_thread(thread)

    assert VIEW in permissions_of(ada, thread)
    assert permissions_of(grace, thread) == NOTHING
    world.allow(channel, Permission.MANAGE_THREADS, target=grace)
    assert VIEW in permissions_of(grace, thread)


def test_a_timeout_leaves_reading(world: DiscordServer) -> None:
    ada, channel = world.add_person("Ada"), world.add_channel("general")

    world.change_member(ada, is_timed_out=True)

    assert permissions_of(ada, channel) == VIEW | Permission.READ_MESSAGE_HISTORY


def test_strangers_may_nothing(world: DiscordServer) -> None:
    stranger = world.add_person("Stranger", guild=world.add_guild("Beta"))

    assert permissions_of(stranger, world.add_channel("general")) == NOTHING


async def test_discord_py_computes_the_same(
    discord: DiscordServer, channel: Channel, bot: Bot
) -> None:
    discord.deny(channel, Permission.PIN_MESSAGES)
    discord.change_role(discord.guild.bot_role, BOT | Permission.MANAGE_MESSAGES)
    await discord.until(lambda: "GUILD_ROLE_UPDATE" in bot.events)

    place: Any = bot.get_channel(channel.id)

    known = EVERYTHING & int(permissions_of(discord.bot, channel))
    assert place.permissions_for(place.guild.me).value == known


@pytest.mark.parametrize(
    ("lacking", "payload", "code"),
    [
        (VIEW, {"content": "x"}, 50001),
        (SEND, {"content": "x"}, 50013),
        (Permission.EMBED_LINKS, {"embed": True}, 50013),
        (FILES, {"file": True}, 50013),
    ],
)
async def test_posting_needs_rights(
    discord: DiscordServer,
    channel: Channel,
    rest: Bot,
    lacking: Permission,
    payload: dict[str, Any],
    code: int,
) -> None:
    more: dict[str, Any] = {}
    more |= {"embed": Embed(title="x")} if "embed" in payload else {}
    more |= {"file": File(BytesIO(b"x"), "x.txt")} if "file" in payload else {}
    more |= {"content": "x"} if "content" in payload else {}
    discord.deny(channel, lacking)

    assert await refusal(channel_of(rest, channel).send(**more)) == (403, code)
    assert channel.messages == []
    assert [call.code for call in discord.invalid_requests] == [code]


async def test_threads_need_rights(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    said = await discord.say("root", channel=channel, person=ada)
    place: Any = bot.get_channel(channel.id)
    message = place.get_partial_message(said.id)

    discord.deny(channel, Permission.CREATE_PUBLIC_THREADS)
    assert await refusal(message.create_thread(name="Talk")) == (403, 50013)
    discord.allow(channel, Permission.CREATE_PUBLIC_THREADS)
    discord.deny(channel, Permission.SEND_MESSAGES_IN_THREADS)
    thread = await message.create_thread(name="Talk")
    assert await refusal(thread.send("x")) == (403, 50013)


async def test_unknown_and_foreign_places(discord: DiscordServer, rest: Bot) -> None:
    other = discord.add_guild("Elsewhere", has_bot=False)
    theirs = discord.add_channel("theirs", guild=other)

    assert await refusal(rest.fetch_channel(1)) == (404, 10003)
    assert await refusal(channel_of(rest, theirs).send("x")) == (403, 50001)
    assert await refusal(rest.fetch_guild(other.id)) == (403, 50001)
    assert await refusal(rest.fetch_guild(1)) == (404, 10004)


async def test_people_are_bound_too(world: DiscordServer) -> None:
    ada, channel = world.add_person("Ada"), world.add_channel("general")
    world.deny(channel, SEND, target=ada)

    with pytest.raises(AssertionError, match="may not write"):
        await world.say("x", channel=channel, person=ada)

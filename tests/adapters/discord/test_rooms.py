"""Discord's channels, as far as schedules need them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord.rooms import DiscordRooms
from bot.domain import Place, Tie
from bot.errors import ChatError, ChatRefused
from tests.adapters.discord.desk import Desk
from tests.adapters.discord.lobby import words
from tests.contracts.rooms import RoomsContract
from tests.fakes.discord import faults
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import NOTHING, Permission
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer

NO_SERVER = "I am not in this server any more; somebody who manages it can let me in again."
MINUTES = timedelta(minutes=5)


@dataclass
class DiscordHouse:
    desk: Desk

    @property
    def rooms(self) -> DiscordRooms:
        return DiscordRooms(self.desk.api)

    @property
    def place(self) -> Place:
        return self.desk.place

    @property
    def ada(self) -> str:
        return str(self.desk.ada.id)

    async def say(self, text: str) -> None:
        await self.desk.discord.say(text, channel=self.desk.channel, person=self.desk.ada)

    async def take_away(self) -> None:
        self.desk.channel.is_deleted = True

    async def told(self) -> list[str]:
        return [words(one) for one in self.desk.discord.direct(self.desk.ada).shown]

    async def posted(self) -> list[str]:
        bot = self.desk.discord.bot
        return [words(one) for one in self.desk.channel.shown if one.author is bot]

    def within(self, channel: Channel) -> Place:
        return replace(self.place, channel=str(channel.id))


@pytest.fixture
def house(desk: Desk) -> DiscordHouse:
    return DiscordHouse(desk)


class TestDiscordRooms(RoomsContract):
    """Discord keeps the contract."""


async def test_a_server_that_let_the_bot_go_is_named(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    discord.kick_bot(discord.guild)

    assert await house.rooms.fault(house.place) == NO_SERVER
    with pytest.raises(ChatRefused, match="not in this server"):
        await house.rooms.person(house.place, house.ada)


@pytest.mark.parametrize(
    ("right", "name"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.CREATE_PUBLIC_THREADS, "Create Public Threads"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_a_right_that_the_channel_takes_is_named(
    discord: DiscordServer, house: DiscordHouse, right: Permission, name: str
) -> None:
    discord.deny(house.desk.channel, right)

    fault = await house.rooms.fault(house.place)

    assert fault == (
        f"I lack rights in this channel: {name}. Somebody who manages the server can give them to "
        "me in the channel's settings, under Permissions."
    )


def _hidden(discord: DiscordServer, channel: Channel) -> None:
    discord.deny(channel, Permission.VIEW_CHANNEL)


def _roleless(discord: DiscordServer, channel: Channel) -> None:
    discord.change_role(discord.guild.bot_role, NOTHING)
    discord.deny(channel, Permission.ATTACH_FILES, target=discord.guild.everyone)


def _timed_out(discord: DiscordServer, _channel: Channel) -> None:
    discord.change_member(discord.bot, is_timed_out=True)


@pytest.mark.parametrize("harm", [_hidden, _roleless, _timed_out])
async def test_whatever_keeps_the_bot_out_is_a_fault(
    discord: DiscordServer,
    house: DiscordHouse,
    harm: Callable[[DiscordServer, Channel], None],
) -> None:
    harm(discord, house.desk.channel)

    assert await house.rooms.fault(house.place) is not None


async def test_what_a_role_or_the_channel_gives_back_is_enough(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    discord.deny(house.desk.channel, Permission.SEND_MESSAGES, target=discord.guild.everyone)
    discord.allow(house.desk.channel, Permission.SEND_MESSAGES, target=discord.guild.bot_role)

    assert await house.rooms.fault(house.place) is None


async def test_an_administrator_lacks_nothing(discord: DiscordServer, house: DiscordHouse) -> None:
    discord.change_role(discord.guild.bot_role, Permission.ADMINISTRATOR)
    discord.deny(house.desk.channel, Permission.SEND_MESSAGES)

    assert await house.rooms.fault(house.place) is None


async def test_in_a_forum_nothing_is_asked_by_itself(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    forum = discord.add_channel("forum", kind="forum")

    fault = await house.rooms.fault(house.within(forum))

    assert fault == "In a forum nothing can be asked by itself; let it repeat in a text channel."


async def test_a_locked_private_thread_is_a_fault(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    thread = discord.new_thread(house.desk.channel, "Aside", discord.bot)
    thread.kind = Kind.PRIVATE_THREAD
    discord.open_thread(thread)
    before = await house.rooms.fault(house.within(thread))
    thread.is_locked = True

    after = await house.rooms.fault(house.within(thread))

    assert (before, after) == (None, "The thread is locked, so I cannot answer in it.")


async def test_what_passes_by_itself_is_no_fault_of_the_channel(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    discord.faults.add("GET /guilds/{id}", faults.status(503), times=None)

    with pytest.raises(ChatError) as raised:
        await house.rooms.fault(house.place)

    assert not isinstance(raised.value, ChatRefused)


async def test_a_token_that_was_reset_is_no_fault_of_the_channel(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    discord.token = "another"
    discord.expected_errors.add(401)

    with pytest.raises(ChatError):
        await house.rooms.fault(house.place)


async def test_rights_and_roles_are_those_of_the_moment(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    managers = discord.add_role("Managers", permissions=Permission.MANAGE_GUILD)
    cooks = discord.add_role("Cooks")
    discord.change_member(house.desk.ada, roles=[managers, cooks], nick="Addie")

    before = await house.rooms.person(house.place, house.ada)
    discord.change_member(house.desk.ada, roles=[cooks])
    after = await house.rooms.person(house.place, house.ada)

    assert (before.name, before.is_admin) == ("Addie", True)
    assert before.groups == (str(managers.id), str(cooks.id))
    assert (after.is_admin, after.groups) == (False, (str(cooks.id),))


async def test_the_owner_of_a_server_is_an_admin(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    owner = await house.rooms.person(house.place, str(discord.guild.owner.id))

    assert owner.is_admin


async def test_an_app_is_told_from_people(discord: DiscordServer, house: DiscordHouse) -> None:
    robot = discord.add_person("Robot", is_bot=True)

    assert (await house.rooms.person(house.place, str(robot.id))).tie is Tie.APP


async def test_what_we_said_ourselves_stays_out(
    discord: DiscordServer, house: DiscordHouse
) -> None:
    await house.say("one")
    discord.post(discord.new_message(house.desk.channel, discord.bot, "ours"))
    for number in range(120):
        await house.say(f"more {number}")

    said = await house.rooms.said(house.place, datetime.now(UTC) - MINUTES, most=500)

    assert [remark.text for remark in said] == ["one", *(f"more {n}" for n in range(120))]


async def test_without_the_right_to_read_it_says_so(house: DiscordHouse) -> None:
    http = house.desk.http
    http.identity = replace(http.identity, can_read=False)

    with pytest.raises(ChatRefused, match="only messages that mention me"):
        await house.rooms.said(house.place, datetime.now(UTC) - MINUTES, most=10)


async def test_who_takes_no_direct_messages_is_not_told_elsewhere(house: DiscordHouse) -> None:
    house.desk.ada.is_closed = True

    await house.rooms.tell(house.place, house.ada, "Your question is paused.")

    assert await house.told() == []
    assert await house.posted() == []


async def test_in_direct_messages_all_is_well(house: DiscordHouse) -> None:
    direct = house.desk.discord.direct(house.desk.ada)
    place = Place("discord", "@me", str(direct.id))

    person = await house.rooms.person(place, house.ada)

    assert await house.rooms.fault(place) is None
    assert (person.name, person.is_admin, person.groups) == ("Ada", False, ())

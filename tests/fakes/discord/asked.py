"""One call as a route sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from tests.fakes.discord.access import can_see, permissions_of
from tests.fakes.discord.bodies import Upload
from tests.fakes.discord.message_wire import wire_of_message
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Guild, Message
from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.discord.threads import Threads
from tests.fakes.shapes import Json


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with a good token and a valid payload.

    `ids` are the variable parts of the path. Every accessor raises Refused with the code that
    Discord gives.
    """

    world: Threads
    route: str
    ids: tuple[str, ...]
    query: Mapping[str, str]
    body: Json
    uploads: tuple[Upload, ...] = field(default=(), repr=False)

    def number(self, name: str, default: int, *, least: int = 1, most: int = 100) -> int:
        """Give a number of the query within its bounds."""
        text = self.query.get(name, str(default))
        if not text.isdecimal() or not least <= int(text) <= most:
            invalid(f"/{name}", f"int value should be between {least} and {most}.")
        return int(text)

    def flag(self, name: str) -> bool:
        """Read a boolean of the query."""
        return self.query.get(name, "").lower() in ("1", "true")

    def snowflake(self, place: int) -> int:
        """Give an id of the path."""
        text = self.ids[place]
        if not text.isdecimal():
            invalid("/id", f'Value "{text}" is not snowflake.', "NUMBER_TYPE_COERCE")
        return int(text)

    def guild(self, place: int = 0) -> Guild:
        """Find a guild that the bot is in."""
        number = self.snowflake(place)
        guild = self.world.find_guild(number)
        if guild is None:
            is_there = any(known.id == number for known in self.world.guilds)
            refuse(50001 if is_there else 10004)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """Find a channel that the bot can see, and where it has the permissions."""
        channel = self.world.find_channel(self.snowflake(0))
        if channel is None:
            refuse(10003)
        if channel.guild is not None and not channel.guild.has_bot:
            refuse(50001)
        if not can_see(self.world.bot, channel):
            refuse(50001)
        self.need(channel, *needed)
        return channel

    def thread(self) -> Channel:
        """Find a thread that the bot can see."""
        channel = self.channel()
        if not channel.is_thread:
            refuse(50024)
        return channel

    def message(self, channel: Channel, place: int = 1) -> Message:
        """Find a message that is there."""
        message = channel.find(self.snowflake(place))
        if message is None:
            refuse(10008)
        return message

    def reject(self, pointer: str, reason: str, code: int = 50035) -> NoReturn:
        """Refuse a payload that breaks a rule which only its surroundings show: a violation."""
        self.world.violate(self.route, f"{code}: {pointer}: {reason}")
        if code == 50035:
            invalid(pointer, reason)
        refuse(code)

    def may(self, channel: Channel, permission: Permission) -> bool:
        """Tell whether the bot may do something in a channel."""
        return permission in permissions_of(self.world.bot, channel)

    def need(self, channel: Channel, *needed: Permission) -> None:
        """Refuse unless the bot has the permissions."""
        if not all(self.may(channel, permission) for permission in needed):
            refuse(50013)

    def wire(self, message: Message, *, is_readable: bool | None = None) -> Json:
        """Write a message for the bot, its content only if it may read it."""
        readable = self.world.sees_content if is_readable is None else is_readable
        return wire_of_message(message, self.world.bot, is_readable=readable)


Run = Callable[[Asked], object]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a route does. What it gives is answered as JSON, None as 204.

    If `is_public` it takes no bot token, as the routes for interactions, and does not count
    against the global limit.
    """

    run: Run
    status: int = 200
    is_public: bool = False

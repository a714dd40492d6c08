"""One call as a method sees it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.fakes.shapes import Json, as_flag
from tests.fakes.slack.records import Channel, Person, Token, Workspace
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call whose token is good and whose payload is valid.

    Every accessor raises Refused with the code that Slack gives.
    """

    world: World
    method: str
    arguments: Json
    token: Token
    authorization: str = ""

    @property
    def workspace(self) -> Workspace:
        """The workspace that is meant: `team_id` if an org-wide token needs it."""
        if self.token.workspace is None:
            refuse("not_allowed_token_type")
        if (team := self.text("team_id")) is None:
            return self.token.workspace
        known = (other for other in self.world.workspaces if other.team_id == team)
        found = next(known, None)
        if found is None or not self.token.reaches(found):
            refuse("team_not_found")
        return found

    def text(self, name: str) -> str | None:
        """Give an argument as text, None if it is absent or empty."""
        value = self.arguments.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str) -> bool:
        return as_flag(self.arguments.get(name))

    def number(self, name: str, default: int) -> int:
        """Give a whole number."""
        value = self.text(name)
        if value is None:
            return default
        if not value.isdecimal():
            refuse(f"invalid_{name}")
        return int(value)

    def need_scope(self, *scopes: str) -> None:
        """Refuse unless the token has one of the scopes."""
        if not any(scope in self.token.scopes for scope in scopes):
            refuse("missing_scope", needed=",".join(scopes), provided=",".join(self.token.scopes))

    def visible_channel(self, name: str = "channel") -> Channel:
        """Find a conversation that the bot can see: not others' private ones."""
        channel = self.world.channels.get(str(self.arguments.get(name)))
        if channel is None or not self.token.reaches(channel.workspace):
            refuse("channel_not_found")
        if channel.is_private and not channel.has_bot:
            refuse("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """Find a conversation that the bot is a member of."""
        channel = self.visible_channel(name)
        if not channel.has_bot and "chat:write.public" not in self.token.scopes:
            refuse("not_in_channel")
        return channel

    def writable_channel(self, name: str = "channel") -> Channel:
        """Find a conversation to post in; a user's id stands for the direct messages with them."""
        person = self.world.people.get(str(self.arguments.get(name)))
        if person is not None and self.token.reaches(person.workspace):
            return self.world.direct(person)
        channel = self.joined_channel(name)
        if channel.is_archived:
            refuse("is_archived")
        return channel

    def person(self, name: str = "user") -> Person:
        """Find a person of the workspace, or one from outside who is in a shared channel."""
        person = self.world.people.get(str(self.arguments.get(name)))
        if person is None:
            refuse("user_not_found")
        shared = (c for c in self.world.channels.values() if c.is_shared)
        meeting = (c for c in shared if person.id in c.members)
        known = [person.workspace, *(c.workspace for c in meeting)]
        if not any(map(self.token.reaches, known)):
            refuse("user_not_found")
        return person

    def page(self, items: Sequence[T], *, default: int, largest: int = 1000) -> tuple[list[T], str]:
        """Cut a page out of a list, and give the cursor of the next one, empty at the end."""
        limit = max(1, min(self.number("limit", default) or default, largest))
        start = _read_cursor(self.text("cursor"))
        following = start + limit
        cursor = _write_cursor(following) if following < len(items) else ""
        return list(items[start:following]), cursor


def _write_cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        refuse("invalid_cursor")


Run = Callable[[Asked], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API: what it does, and the scopes of which it needs one.

    `token` is the kind that it takes; None for those that take none.
    """

    run: Run
    scopes: tuple[str, ...] = ()
    token: str | None = "bot"

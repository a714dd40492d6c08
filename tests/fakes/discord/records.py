"""What the fake Discord remembers: people, guilds, channels, messages, interactions, calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.fakes.discord.kinds import (
    FORUMS,
    SYSTEM,
    THREADS,
    Flag,
    InteractionType,
    Kind,
    MessageType,
)
from tests.fakes.discord.permissions import Overwrite, Permission
from tests.fakes.shapes import Json

Documents = list[Json]


@dataclass(eq=False)
class Person:
    """A user; `is_bot` is some app's bot, `is_closed` takes no direct messages from the bot."""

    id: int
    name: str
    is_bot: bool = False
    locale: str = field(default="en-US", repr=False)
    is_closed: bool = field(default=False, repr=False)

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Application:
    """The app, and its bot."""

    id: int
    name: str
    bot: Person
    owner: Person
    public_key: str = "0" * 64


@dataclass(eq=False)
class Role:
    """A guild's role; @everyone's has the guild's id."""

    id: int
    name: str
    guild: Guild = field(repr=False)
    permissions: Permission
    position: int
    is_managed: bool = False
    is_mentionable: bool = False


@dataclass(eq=False)
class Member:
    """A person in a guild."""

    person: Person
    guild: Guild = field(repr=False)
    joined_at_s: float
    roles: list[Role] = field(default_factory=list[Role])
    nick: str | None = None
    is_timed_out: bool = False


@dataclass(eq=False)
class Guild:
    """A server. `commands` are those that the app has registered for it alone."""

    id: int
    name: str
    owner: Person
    has_bot: bool = True
    is_available: bool = True
    locale: str = "en-US"
    members: dict[int, Member] = field(default_factory=dict[int, Member], repr=False)
    roles: dict[int, Role] = field(default_factory=dict[int, Role], repr=False)
    channels: list[Channel] = field(default_factory=list["Channel"], repr=False)
    commands: Documents = field(default_factory=list[Json], repr=False)
    command_creates: list[float] = field(default_factory=list[float], repr=False)

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[self.id]

    @property
    def bot_role(self) -> Role:
        """The role that came with the bot."""
        return next(role for role in self.roles.values() if role.is_managed)

    @property
    def threads(self) -> list[Channel]:
        """Its threads, archived ones too, oldest first."""
        return [channel for channel in self.channels if channel.is_thread]


@dataclass(eq=False)
class File:
    """An uploaded file. Its `url` is signed anew each time and dies."""

    id: int
    name: str
    content: bytes = field(repr=False)
    content_type: str | None
    address: Callable[[File], str] = field(repr=False)
    channel_id: int = 0
    description: str | None = None
    is_ephemeral: bool = False

    @property
    def url(self) -> str:
        return self.address(self)


class Version(NamedTuple):
    """What a message said once."""

    content: str
    embeds: Documents
    components: Documents


@dataclass(eq=False)
class Message:
    """A message as it stands; `versions` holds everything that it ever said.

    `person` is set on ephemeral messages alone, to the only one who sees it. `nonce` is what the
    bot gave, `mentions` whom it pings: user ids, role ids, and "everyone". `pinned_at_s` is None
    while it is not pinned.
    """

    id: int
    channel: Channel = field(repr=False)
    author: Person
    created_at_s: float = field(repr=False)
    content: str = ""
    embeds: Documents = field(default_factory=list[Json], repr=False)
    components: Documents = field(default_factory=list[Json], repr=False)
    flags: Flag = field(default=Flag(0))
    attachments: list[File] = field(default_factory=list[File], repr=False)
    nonce: str | None = field(default=None, repr=False)
    type: MessageType = MessageType.DEFAULT
    reference: Json | None = field(default=None, repr=False)
    replied_to: Message | None = field(default=None, repr=False)
    interaction: Interaction | None = field(default=None, repr=False)
    mentions: list[int | str] = field(default_factory=list[int | str], repr=False)
    person: Person | None = field(default=None, repr=False)
    pinned_at_s: float | None = field(default=None, repr=False)
    edited_at_s: float | None = field(default=None, repr=False)
    reactions: dict[str, list[int]] = field(default_factory=dict[str, list[int]], repr=False)
    is_deleted: bool = False
    versions: list[Version] = field(default_factory=list[Version], repr=False)

    def __post_init__(self) -> None:
        self.remember()

    def remember(self) -> None:
        """Add how it stands to its versions."""
        self.versions.append(Version(self.content, self.embeds, self.components))

    @property
    def is_pinned(self) -> bool:
        return self.pinned_at_s is not None

    @property
    def is_ephemeral(self) -> bool:
        return Flag.EPHEMERAL in self.flags

    @property
    def is_system(self) -> bool:
        return self.type in SYSTEM

    @property
    def thread(self) -> Channel | None:
        """The thread that was started from it: the one with its id."""
        guild = self.channel.guild
        threads = guild.threads if guild is not None else []
        return next((t for t in threads if t.id == self.id and t is not self.channel), None)


@dataclass(eq=False)
class Channel:
    """A channel, a thread, or the direct messages of a person with the bot.

    `messages` is in order of posting, deleted ones included and ephemeral ones not; `pins` has the
    one that was pinned first first. A thread has a `parent`, an `owner` and `thread_members`.
    """

    id: int
    name: str
    kind: Kind
    guild: Guild | None = field(default=None, repr=False)
    parent: Channel | None = field(default=None, repr=False)
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite], repr=False)
    topic: str | None = field(default=None, repr=False)
    person: Person | None = field(default=None, repr=False)
    messages: list[Message] = field(default_factory=list[Message], repr=False)
    tags: Documents = field(default_factory=list[Json], repr=False)
    needs_tag: bool = field(default=False, repr=False)
    owner: Person | None = field(default=None, repr=False)
    created_at_s: float = field(default=0.0, repr=False)
    archived_at_s: float = field(default=0.0, repr=False)
    archive_minutes: int = field(default=1440, repr=False)
    is_archived: bool = False
    is_locked: bool = False
    applied_tags: list[int] = field(default_factory=list[int], repr=False)
    thread_members: dict[int, float] = field(default_factory=dict[int, float], repr=False)
    is_deleted: bool = False

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def is_direct(self) -> bool:
        return self.kind is Kind.DM

    @property
    def is_forum(self) -> bool:
        return self.kind in FORUMS

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def pins(self) -> list[Message]:
        pinned = [m for m in self.messages if m.is_pinned and not m.is_deleted]
        return sorted(pinned, key=lambda message: message.pinned_at_s or 0.0)

    @property
    def shown(self) -> list[Message]:
        """Its messages that are there."""
        return [message for message in self.messages if not message.is_deleted]

    def find(self, message_id: int) -> Message | None:
        """Find a message that is there; a deleted one is not."""
        return next((m for m in self.shown if m.id == message_id), None)


@dataclass(eq=False)
class Modal:
    """A form that the app has opened for a person; `document` is what the app sent."""

    document: Json
    interaction: Interaction = field(repr=False)
    is_open: bool = True

    @property
    def custom_id(self) -> str:
        return self.document["custom_id"]

    @property
    def title(self) -> str:
        return self.document["title"]

    @property
    def components(self) -> Documents:
        return self.document["components"]

    @property
    def person(self) -> Person:
        return self.interaction.person


@dataclass(eq=False)
class Interaction:
    """Something that a person did with the app, and what came of it.

    `response` is the kind of the first response, empty while there is none: message, deferred,
    deferred_update, update, choices or modal. `message` is the original response, or for an update
    the message that the component is on; `followups` are the further ones.
    """

    id: int
    token: str = field(repr=False)
    type: InteractionType
    person: Person
    channel: Channel
    data: Json
    created_at_s: float
    source: Message | None = None
    command_name: str | None = None
    response: str = ""
    answered_at_s: float | None = None
    message: Message | None = None
    followups: list[Message] = field(default_factory=list[Message])
    choices: Documents = field(default_factory=list[Json])
    modal: Modal | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

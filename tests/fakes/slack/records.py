"""What the fake Slack remembers: workspaces, people, channels, messages, files, views, calls."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.shapes import Json

Blocks = list[Json]


@dataclass(eq=False)
class Workspace:
    """A team; in an `enterprise_id` it may share one org-wide installation with others."""

    team_id: str
    name: str
    domain: str
    app_id: str
    bot_user_id: str
    bot_id: str
    enterprise_id: str | None = None
    scopes: tuple[str, ...] = ()
    bot_token: str = field(default="", repr=False)
    is_installed: bool = False
    is_org_wide: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.domain}.slack.com/"


@dataclass(eq=False)
class Person:
    """A member of a workspace; `is_bot` is some other app's bot."""

    id: str
    name: str
    workspace: Workspace = field(repr=False)
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    timezone: str = "Europe/Berlin"


@dataclass(eq=False)
class UserGroup:
    """Some people of a workspace under one name."""

    id: str
    name: str
    handle: str
    workspace: Workspace = field(repr=False)
    people: list[str] = field(default_factory=list[str])
    is_disabled: bool = False


@dataclass(eq=False)
class File:
    """An uploaded file; `channel` and `thread_ts` say where it was shared last."""

    id: str
    name: str
    title: str
    content: bytes = field(repr=False)
    mimetype: str
    user: str
    workspace: Workspace = field(repr=False)
    url_private: str = ""
    channel: Channel | None = None
    thread_ts: str | None = None
    is_uploaded: bool = True
    alt_text: str | None = None


@dataclass(eq=False)
class Stream:
    """What a streaming message has received; `mode` is fixed by its first content."""

    recipient_user_id: str | None
    recipient_team_id: str | None
    mode: Literal["markdown_text", "chunks"] | None = None
    markdown: str = ""
    tasks: dict[str, Json] = field(default_factory=dict[str, Json])
    plan_title: str | None = None
    bytes: int = 0
    is_stopped_by_user: bool = False


@dataclass(eq=False)
class Message:
    """A message as it stands; `versions` holds every (text, blocks) that it ever had.

    `thread_ts` is set on replies only. A broken message is what a stream leaves that ended without
    its stop.
    """

    ts: str
    channel: Channel = field(repr=False)
    text: str
    blocks: Blocks = field(default_factory=list[Json])
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[File] = field(default_factory=list[File])
    subtype: str | None = None
    username: str | None = None
    unfurls: tuple[object, object] = (None, None)
    edited_ts: str | None = None
    reactions: list[str] = field(default_factory=list[str])
    stream: Stream | None = field(default=None, repr=False)
    is_streaming: bool = False
    is_broadcast: bool = False
    is_deleted: bool = False
    is_broken: bool = False
    versions: list[tuple[str, Blocks]] = field(default_factory=list[tuple[str, Blocks]], repr=False)

    def __post_init__(self) -> None:
        self.versions.append((self.text, self.blocks))

    def change(self, text: str, blocks: Blocks) -> None:
        """Give it another content, remembering the one before."""
        self.text, self.blocks = text, blocks
        self.versions.append((text, blocks))


@dataclass(eq=False)
class Channel:
    """A channel, a private one, or a person's direct messages with the bot.

    `messages` is in order of posting, deleted ones included; `pins` holds their ts, oldest first.
    """

    id: str
    name: str
    workspace: Workspace = field(repr=False)
    is_private: bool = False
    is_archived: bool = False
    is_shared: bool = False
    has_bot: bool = True
    person: Person | None = None
    members: list[str] = field(default_factory=list[str])
    messages: list[Message] = field(default_factory=list[Message], repr=False)
    pins: list[str] = field(default_factory=list[str], repr=False)

    @property
    def is_direct(self) -> bool:
        return self.person is not None

    @property
    def kind(self) -> Literal["channels", "groups", "im"]:
        """The word that its scopes begin with."""
        if self.is_direct:
            return "im"
        return "groups" if self.is_private else "channels"

    def find(self, ts: str | None) -> Message | None:
        """Find a message that is there; a deleted one is not."""
        return next((m for m in self.messages if m.ts == ts and not m.is_deleted), None)

    def thread(self, ts: str) -> list[Message]:
        """Give the root and its replies that are there, oldest first."""
        return [m for m in self.messages if ts in (m.ts, m.thread_ts) and not m.is_deleted]


@dataclass(eq=False)
class View:
    """A modal or a Home tab; `document` is what the app sent, `hash` changes with each version.

    `entered` is what the person put into inputs, by block_id and action_id. It stays there through
    updates as long as both stay the same, whatever initial value the app sends then. `offered` are
    the options that searches brought, by action_id.
    """

    id: str
    person: Person
    workspace: Workspace = field(repr=False)
    document: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    is_open: bool = True
    entered: dict[tuple[str, str], object] = field(default_factory=dict[tuple[str, str], object])
    offered: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    versions: list[Json] = field(default_factory=list[Json], repr=False)

    @property
    def blocks(self) -> Blocks:
        return self.document["blocks"]


@dataclass(eq=False)
class Token:
    """A token and how far it reaches; `trouble` is the error that it is answered with."""

    value: str = field(repr=False)
    kind: Literal["bot", "app"]
    workspace: Workspace | None
    scopes: tuple[str, ...]
    is_org_wide: bool = False
    expires_at_s: float | None = None
    trouble: str | None = None

    @property
    def error(self) -> str | None:
        """What a call with it is answered, None if it is good."""
        if self.trouble is None and self.expires_at_s is not None:
            return "token_expired" if time.monotonic() >= self.expires_at_s else None
        return self.trouble

    def reaches(self, workspace: Workspace) -> bool:
        """Tell whether it may act in a workspace."""
        if self.workspace is None:
            return False
        if self.is_org_wide:
            return workspace.enterprise_id == self.workspace.enterprise_id
        return workspace is self.workspace


@dataclass
class Call:
    """A call that reached the server.

    `at_s` is on the monotonic clock. `status` is 0 while there is no answer and stays so if there
    never is one; `error` is Slack's code, or `lost`.
    """

    method: str
    at_s: float
    token: str = field(repr=False)
    body: Json
    status: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came to a `response_url`, or with an acknowledgement if `is_ack`."""

    channel: Channel
    person: Person
    payload: Json
    url: str = ""
    is_ack: bool = False
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """How the app answered a delivery.

    Over Socket Mode status 200 means acknowledged and `body` is the acknowledgement's payload;
    status 0 means that nothing came in time, or that the connection broke. `message` is what the
    delivery was about.
    """

    status: int
    body: Json | str | None = None
    elapsed_s: float = 0.0
    is_final: bool = False
    message: Message | None = None

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Retry:
    """An event that was delivered again, and how that went."""

    event_id: str
    attempt: int
    reason: str
    reply: Reply

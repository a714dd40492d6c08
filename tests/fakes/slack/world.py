"""The state of a fake Slack: who and what there is, what was said, what was asked."""

from __future__ import annotations

import mimetypes
import secrets
from collections import Counter
from collections.abc import Callable, Iterable

from tests.fakes.shapes import Json
from tests.fakes.slack.records import (
    Call,
    Channel,
    File,
    Message,
    Person,
    Response,
    Retry,
    Token,
    UserGroup,
    Workspace,
)
from tests.fakes.slack.stamps import Stamps
from tests.fakes.slack.tickets import ResponseUrl, Triggers
from tests.fakes.slack.views import Views
from tests.fakes.watch import Watch

# Everything that the methods here ask for but `chat:write.public`: with that scope an app may post
# where it is no member, and `not_in_channel` would never be seen.
DEFAULT_SCOPES = (
    "app_mentions:read", "assistant:write", "channels:history", "channels:join", "channels:read",
    "chat:write", "chat:write.customize", "commands", "files:read", "files:write",
    "groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history",
    "mpim:read", "pins:read", "pins:write", "reactions:write", "team:read", "usergroups:read",
    "users:read",
)  # fmt: skip


class World(Watch):
    """Everything that the fake Slack remembers, and its settings.

    `patience_s` is how long it waits for an acknowledgement, `retry_delays_s` when an event is
    delivered again, `stream_lifetime_s` how long a stream may run, `token_lifetime_s` how long a
    token lives if `rotates_tokens`. `is_distributed` applies the limits for distributed apps that
    are not in the Marketplace. Blocks of the `unsupported_blocks` types are refused as on a
    workspace that does not have them yet, which is no violation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.app_id = "A0COUNCIL01"
        self.client_id = "1111111111.2222222222"
        self.client_secret = secrets.token_hex(16)
        self.signing_secret = secrets.token_hex(16)
        self.verification_token = secrets.token_urlsafe(18)
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(24)}"
        self._set_defaults()
        self._start_empty()
        self.workspace = self.add_workspace("Acme")

    def _set_defaults(self) -> None:
        self.origin = ""
        self.request_url: str | None = None
        self.redirect_url: str | None = None
        self.patience_s = 3.0
        self.retry_delays_s: tuple[float, ...] = (0.05, 0.2, 0.5)
        self.stream_lifetime_s = 300.0
        self.token_lifetime_s = 43_200.0
        self.rotates_tokens = False
        self.is_distributed = False
        self.is_throttling = True
        self.has_groups = True
        self.echoes = False
        self.unsupported_blocks: set[str] = set()
        self.expected_errors: set[str] = set()

    def _start_empty(self) -> None:
        self.stamps = Stamps()
        self.triggers = Triggers()
        self.views = Views(self.stamps)
        self.workspaces: list[Workspace] = []
        self.people: dict[str, Person] = {}
        self.groups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.tokens: dict[str, Token] = {
            self.app_token: Token(self.app_token, "app", None, ("connections:write",))
        }
        self.response_urls: dict[str, ResponseUrl] = {}
        self.ephemerals: list[tuple[Channel, Person, Json]] = []
        self.responses: list[Response] = []
        self.statuses: dict[tuple[str, str], str] = {}
        self.sessions: dict[tuple[str, str], str] = {}
        self.calls: list[Call] = []
        self.throttled: list[Call] = []
        self.violations: list[str] = []
        self.retries: list[Retry] = []
        self.on_post: Callable[[Message], None] | None = None

    def add_workspace(
        self,
        name: str,
        *,
        enterprise_id: str | None = None,
        is_installed: bool = True,
        is_org_wide: bool = False,
        scopes: Iterable[str] = DEFAULT_SCOPES,
    ) -> Workspace:
        """Add a workspace, with the app installed in it or not.

        If `is_org_wide`, the workspaces of one enterprise share the bot and its token.
        """
        domain = name.lower().replace(" ", "-")
        ids = self.stamps.id("T"), name, domain, self.app_id
        twin = self._org_twin(enterprise_id) if is_org_wide else None
        bot = (
            (twin.bot_user_id, twin.bot_id) if twin else (self.stamps.id("U"), self.stamps.id("B"))
        )
        workspace = Workspace(*ids, *bot, enterprise_id, is_org_wide=is_org_wide)
        self.workspaces.append(workspace)
        if twin is not None:
            workspace.scopes, workspace.bot_token = twin.scopes, twin.bot_token
            workspace.is_installed = twin.is_installed
        elif is_installed:
            self.install(workspace, scopes)
        return workspace

    def add_channel(  # noqa: PLR0913  a channel has many sides, and each is named
        self,
        name: str,
        *,
        workspace: Workspace | None = None,
        is_private: bool = False,
        is_archived: bool = False,
        is_shared: bool = False,
        has_bot: bool = True,
        members: Iterable[Person] = (),
    ) -> Channel:
        """Add a channel; who writes in it becomes a member."""
        home = workspace or self.workspace
        channel = Channel(
            self.stamps.id("C"), name, home, is_private, is_archived, is_shared, has_bot
        )
        channel.members = [person.id for person in members]
        self.channels[channel.id] = channel
        return channel

    def add_person(
        self,
        name: str,
        *,
        workspace: Workspace | None = None,
        is_admin: bool = False,
        is_owner: bool = False,
        is_guest: bool = False,
        is_bot: bool = False,
    ) -> Person:
        """Add a person to a workspace; an owner is an admin as well, as in Slack."""
        identity = self.stamps.id("U"), name, workspace or self.workspace
        person = Person(*identity, is_admin or is_owner, is_owner, is_guest, is_bot)
        self.people[person.id] = person
        return person

    def add_group(
        self, name: str, *, people: Iterable[Person] = (), workspace: Workspace | None = None
    ) -> UserGroup:
        """Add a user group."""
        home, handle = workspace or self.workspace, name.lower().replace(" ", "-")
        members = [person.id for person in people]
        group = UserGroup(self.stamps.id("S"), name, handle, home, members)
        self.groups[group.id] = group
        return group

    def add_file(
        self, name: str, content: bytes, *, person: Person, mimetype: str | None = None
    ) -> File:
        """Add a file that a person has uploaded, to be given to `say` or `mention`."""
        kind = mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = File(self.stamps.id("F"), name, name, content, kind, person.id, person.workspace)
        self.keep_file(file)
        return file

    def keep_file(self, file: File) -> None:
        """Make a file known and give it its address."""
        team = file.workspace.team_id
        file.url_private = f"{self.origin}/files-pri/{team}-{file.id}/{file.name}"
        self.files[file.id] = file

    def direct(self, person: Person) -> Channel:
        """Give the person's direct messages with the bot."""
        found = (channel for channel in self.channels.values() if channel.person is person)
        if (channel := next(found, None)) is None:
            channel = Channel(self.stamps.id("D"), "", person.workspace, person=person)
            channel.members = [person.id, person.workspace.bot_user_id]
            self.channels[channel.id] = channel
        return channel

    def install(
        self, workspace: Workspace, scopes: Iterable[str], *, is_org_wide: bool = False
    ) -> Token:
        """Give the app a bot token in a workspace, or in all of its enterprise."""
        workspace.is_org_wide = workspace.is_org_wide or is_org_wide
        form = "xoxe.xoxb-1-" if self.rotates_tokens else "xoxb-"
        value = f"{form}{workspace.team_id}-{secrets.token_hex(16)}"
        token = Token(value, "bot", workspace, tuple(scopes), workspace.is_org_wide)
        self.tokens[value] = token
        for other in self.workspaces:
            if token.reaches(other) and (other.is_org_wide or other is workspace):
                other.scopes, other.bot_token, other.is_installed = token.scopes, value, True
                other.bot_user_id, other.bot_id = workspace.bot_user_id, workspace.bot_id
        return token

    def revoke(self, workspace: Workspace, trouble: str = "token_revoked") -> None:
        """Let every token of a workspace be answered with an error."""
        for token in self.tokens.values():
            if token.kind == "bot" and token.reaches(workspace):
                token.trouble = trouble
        self.changed()

    def post(self, message: Message) -> Message:
        """Put a message into its channel."""
        channel = message.channel
        if message.user and message.user in self.people and message.user not in channel.members:
            channel.members.append(message.user)
        channel.messages.append(message)
        for file in message.files:
            file.channel, file.thread_ts = channel, message.thread_ts
        self.statuses.pop((channel.id, message.thread_ts or ""), None)
        self.changed()
        if self.on_post is not None:
            self.on_post(message)
        return message

    def delete(self, message: Message) -> None:
        """Take a message away, its pin with it.

        A root that has replies leaves a tombstone, as in Slack: the thread can be read and no
        longer be answered (`cannot_reply_to_message`). Without replies the thread is gone
        (`thread_not_found`). Neither error is documented for this case.
        """
        message.is_deleted = True
        message.is_streaming = False
        if message.ts in message.channel.pins:
            message.channel.pins.remove(message.ts)
        self.changed()

    def count(self, method: str) -> int:
        """Count the calls of a method."""
        return sum(call.method == method for call in self.calls)

    def violate(self, source: str, fault: str) -> None:
        """Note that a rule was broken, as `source: code: details`."""
        self.violations.append(f"{source}: {fault}")
        self.changed()

    def unexpected_violations(self) -> list[str]:
        """Give the violations whose code is not among `expected_errors`."""
        return [
            violation
            for violation in self.violations
            if violation.split(": ")[1] not in self.expected_errors
        ]

    def describe(self) -> str:
        """Say what was called and what was posted."""
        lines = [f"  {method} {count}x" for method, count in self._call_counts().most_common()]
        lines += [
            f"  #{channel.name or channel.id} {message.ts} {message.text[:100]!r}"
            for channel in self.channels.values()
            for message in channel.messages[-5:]
        ]
        return "\n".join(["So far:", *lines, *self.violations])

    def _call_counts(self) -> Counter[str]:
        return Counter(f"{call.method} {call.error or ''}".strip() for call in self.calls)

    def _org_twin(self, enterprise_id: str | None) -> Workspace | None:
        same = (other for other in self.workspaces if other.enterprise_id == enterprise_id)
        return next((other for other in same if other.is_org_wide), None)

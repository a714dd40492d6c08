"""Who calls from where, read from what Slack delivers: the envelope is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.slack.wire.http import Json
from bot.domain import Place
from bot.ports import Scope

PLATFORM = "slack"

_DIRECT = "D"


@dataclass(frozen=True, slots=True)
class Caller:
    """A person in a channel of a workspace; `name` may be empty.

    `thread` is the one that the person reads, `message` the one whose button or menu was used, and
    `trigger` is the right to open a window, which ends after 3 s; empty for what was only written.
    """

    workspace: str
    channel: str
    user: str
    name: str = ""
    thread: str | None = None
    message: str | None = None
    trigger: str = ""

    @property
    def place(self) -> Place:
        """Where answers go: into the thread, or into the one that the message opens."""
        return Place(PLATFORM, self.workspace, self.channel, self.thread or self.message)

    @property
    def scope(self) -> Scope:
        """What the person may see: this channel."""
        return Scope(PLATFORM, self.workspace, (self.channel,))

    @property
    def is_direct(self) -> bool:
        """They are alone with the bot, or with each other."""
        return self.channel.startswith(_DIRECT)


def of_command(body: Json, workspace: str) -> Caller:
    """Return who typed a slash command. It tells no thread, since it cannot be typed in one."""
    channel, user = _text(body, "channel_id"), _text(body, "user_id")
    name, trigger = _text(body, "user_name"), _text(body, "trigger_id")
    return Caller(workspace, channel, user, name, trigger=trigger)


def of_event(event: Json, workspace: str) -> Caller:
    """Return who wrote a message."""
    user, thread = _text(event, "user"), event.get("thread_ts")
    return Caller(workspace, _text(event, "channel"), user, thread=thread)


def of_interaction(body: Json, workspace: str) -> Caller:
    """Return who clicked or chose a shortcut."""
    user, message = _nested(body, "user"), _nested(body, "message")
    ts, thread = message.get("ts"), message.get("thread_ts")
    return Caller(
        workspace,
        _text(_nested(body, "channel"), "id"),
        _text(user, "id"),
        _text(user, "username") or _text(user, "name"),
        thread=thread if thread != ts else None,
        message=ts,
        trigger=_text(body, "trigger_id"),
    )


def _text(body: Json, name: str) -> str:
    return str(body.get(name) or "")


def _nested(body: Json, name: str) -> Json:
    found: object = body.get(name)
    return found if isinstance(found, Mapping) else {}

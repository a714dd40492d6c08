"""The rights that the bot asks for, with the reason for each; docs/discord.md tells the same."""

from __future__ import annotations

from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True)
class Right:
    """A right by Discord's name for it, what its settings show, and what the bot does with it.

    Without one that is not `is_needed` the council answers all the same. `where` is whether it
    counts in a channel, in a thread of it, or in both.
    """

    name: str
    shown: str
    reason: str
    where: str = "both"
    is_needed: bool = True


RIGHTS = (
    Right("view_channel", "View Channels", "to be in a channel at all"),
    Right("send_messages", "Send Messages", "to post the question's first message", "channel"),
    Right("create_public_threads", "Create Public Threads", "to open its thread", "channel"),
    Right("send_messages_in_threads", "Send Messages in Threads", "to post answers in a thread"),
    Right("attach_files", "Attach Files", "to attach a text that is too long for messages"),
    Right(
        "read_message_history",
        "Read Message History",
        "to take a discussion along, and to find its own message again after a crash",
    ),
    Right(
        "pin_messages",
        "Pin Messages",
        "to pin final answers and unpin its oldest",
        is_needed=False,
    ),
)


def permissions() -> discord.Permissions:
    """Return all rights together."""
    return discord.Permissions(**{right.name: True for right in RIGHTS})


def missing(given: discord.Permissions, *, in_thread: bool) -> list[str]:
    """Name what the bot lacks to answer in a channel or thread, as Discord's settings show it."""
    where = "thread" if in_thread else "channel"
    return [
        right.shown
        for right in _lacking(given)
        if right.is_needed and right.where in {"both", where}
    ]


def missing_in_server(given: discord.Permissions) -> list[str]:
    """Name what the bot lacks in a server, before what its channels say."""
    return [right.shown for right in _lacking(given)]


def _lacking(given: discord.Permissions) -> list[Right]:
    if given.administrator:
        return []
    return [right for right in RIGHTS if not getattr(given, right.name)]

"""A chat platform, as far as the council needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import Attachment, Place, Post
from bot.domain.reports import Report


@dataclass(frozen=True, slots=True)
class Sent:
    """A message on a platform; `thread` is where the replies belong, if it opened a thread."""

    message_id: str
    thread: str | None = None


class Draft(Protocol):
    """A message that is still being written. Its methods raise `ChatError`."""

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        ...

    async def append(self, text: str) -> None:
        """Add text to the end; may be shown a little later."""
        ...

    async def restart(self) -> None:
        """Void what was written so far."""
        ...

    async def finish(self, report: Report) -> None:
        """Put the finished report in place of all that was written."""
        ...


class Chat(Protocol):
    """A chat platform, as far as the council needs it. Every method but `parts` raises `ChatError`.

    `place` travels in the report; `post.thread` is the thread to write in, None for the root
    message. A report that takes several messages is sent by several posts, one a part.
    """

    @property
    def edit_every_s(self) -> float:
        """How often a message may be edited, in seconds between edits."""
        ...

    def parts(self, report: Report) -> int:
        """Say how many messages a report takes, at least one; one for the root message."""
        ...

    async def post(self, post: Post, report: Report) -> Sent:
        """Send one message, the post's part of the report, with the post's key."""
        ...

    async def find(
        self, posts: Sequence[Post], place: Place, since: datetime
    ) -> Mapping[str, Sent]:
        """Look for messages that were sent after a moment; return those there are, by key.

        Reading a thread is dear on some platforms, so all that may be there is asked at once.
        """
        ...

    async def edit(self, post: Post, report: Report) -> None:
        """Replace the content of a message that was sent."""
        ...

    async def draft(self, post: Post, report: Report) -> Draft:
        """Open a message with the post's key and write it piece by piece."""
        ...

    async def pin(self, post: Post, place: Place, *, keep: int | None = None) -> None:
        """Pin a message; one that is pinned already is fine.

        `keep` is how many of ours stay pinned in the place, None for the operator's number.

        `ChatRefused` says in a sentence why it is not pinned.
        """
        ...


class Files(Protocol):
    """The files that people attach on a chat platform."""

    async def fetch(self, attachment: Attachment, place: Place) -> bytes:
        """Return a file's content. Raises `ChatError`; `ChatRefused` says why in a sentence."""
        ...

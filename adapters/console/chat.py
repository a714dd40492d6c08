"""The terminal as a chat platform: messages are printed, and written down so none comes twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from adapters.console.plain import plain
from adapters.console.record import Entry, Record
from adapters.console.screen import BlankScreen, Screen
from bot.domain import Place, Post
from bot.domain.reports import Report, RootReport, SynthesisReport
from bot.errors import ChatRefused
from bot.ports import Sent
from bot.untrusted import one_line

_EARLIER_CHARS = 100


class ConsoleChat:
    """Implements `bot.ports.Chat` for a terminal.

    `place` is whose messages `screen` shows; those of other places, which this process finishes
    for a dead one, are only written down.
    """

    edit_every_s = 0.1

    def __init__(self, folder: Path, screen: Screen, place: Place) -> None:
        self._record = Record(folder)
        self._screen = screen
        self._place = place
        self._has_concluded = False

    @property
    def has_concluded(self) -> bool:
        """The screen has shown a final answer."""
        return self._has_concluded

    def watch(self, place: Place) -> None:
        """Show the messages of another place from now on."""
        self._place = place

    def recall(self, deliberation_id: str) -> None:
        """Show in short what was posted before."""
        for entry in self._entries(deliberation_id):
            heading, _, text = entry.text.partition("\n")
            short = one_line(text, _EARLIER_CHARS)
            self._screen.line(f"{one_line(heading.strip('= '))}: {short}")

    def parts(self, report: Report) -> int:
        """Print every report in one piece."""
        return 1

    async def post(self, post: Post, report: Report) -> Sent:
        """Print a message and write it down."""
        screen = self._screen_of(report)
        screen.show(report)
        self._has_concluded |= screen is self._screen and isinstance(report, SynthesisReport)
        self._write_down(post, report)
        return _sent(post)

    async def find(
        self, posts: Sequence[Post], place: Place, since: datetime
    ) -> Mapping[str, Sent]:
        """Look the posts' keys up in the record."""
        known = {
            entry.key
            for deliberation_id in {post.deliberation_id for post in posts}
            for entry in self._entries(deliberation_id)
        }
        return {post.key: _sent(post) for post in posts if post.key in known}

    async def edit(self, post: Post, report: Report) -> None:
        """Update the live state; print a message that a dead process began and did not finish."""
        if isinstance(report, RootReport):
            self._screen_of(report).update(report)
        elif not any(entry.key == post.key for entry in self._entries(post.deliberation_id)):
            await self.post(post, report)

    async def draft(self, post: Post, report: Report) -> ConsoleDraft:
        """Begin the final answer; it counts as posted when it is finished."""
        screen = self._screen_of(report)
        screen.begin(report)
        return ConsoleDraft(self, post, report, screen)

    async def pin(self, post: Post, place: Place, *, keep: int | None = None) -> None:
        """Do nothing: a terminal's last message is at hand anyway."""

    def _screen_of(self, report: Report) -> Screen:
        return self._screen if report.place == self._place else _BLANK

    def _entries(self, deliberation_id: str) -> tuple[Entry, ...]:
        try:
            return self._record.entries(deliberation_id)
        except OSError as error:
            raise _refused() from error

    def _write_down(self, post: Post, report: Report) -> None:
        try:
            self._record.add(post.deliberation_id, Entry(post.key, post.slot, plain(report)))
        except OSError as error:
            raise _refused() from error


class ConsoleDraft:
    """The final answer while it is written; implements `bot.ports.Draft`."""

    def __init__(self, chat: ConsoleChat, post: Post, opening: Report, screen: Screen) -> None:
        self._chat = chat
        self._post = post
        self._opening = opening
        self._screen = screen

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        return _sent(self._post)

    async def append(self, text: str) -> None:
        """Add text to the end."""
        self._screen.append(text)

    async def restart(self) -> None:
        """Void what was written so far."""
        self._screen.begin(self._opening)

    async def finish(self, report: Report) -> None:
        """Put the finished report in place of all that was written."""
        await self._chat.post(self._post, report)


_BLANK = BlankScreen()


def _sent(post: Post) -> Sent:
    return Sent(message_id=post.key, thread=post.deliberation_id)


def _refused() -> ChatRefused:
    return ChatRefused("The terminal's record below the data folder cannot be written or read.")

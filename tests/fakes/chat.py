"""A chat platform in memory that keeps what it was told and breaks on demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.domain import Place, Post
from bot.domain.reports import AnswerReport, Report, ReviewReport, SynthesisReport
from bot.errors import ChatError, ChatRefused, ChatUnclear
from bot.ports import Sent

Call = Literal["post", "find", "edit", "draft", "pin", "append", "restart", "finish"]


@dataclass
class Message:
    """A message as its readers see it: `reports` are what it said, one after the other."""

    id: str
    key: str
    slot: str
    part: int
    thread: str | None
    reports: list[Report] = field(default_factory=list[Report])
    text: str = ""
    is_pinned: bool = False


class FakeChat:
    """Implements `bot.ports.Chat`. The root message opens a thread by its own id.

    `break_next` makes calls fail before they have an effect, `lose_next` after it. A call named
    in `gates` waits for its event first.
    """

    def __init__(self, *, edit_every_s: float = 0.0, message_chars: int = 10_000) -> None:
        self.edit_every_s = edit_every_s
        self.message_chars = message_chars
        self.messages: list[Message] = []
        self.calls: list[tuple[Call, str]] = []
        self.gates: dict[tuple[Call, str], asyncio.Event] = {}
        self.news = asyncio.Condition()
        self._broken: defaultdict[Call, deque[ChatError]] = defaultdict(deque)
        self._lost: defaultdict[Call, int] = defaultdict(int)

    def break_next(self, call: Call, *errors: ChatError) -> None:
        """Let the next calls raise these errors, one each."""
        self._broken[call].extend(errors)

    def lose_next(self, call: Call) -> None:
        """Let the next call take effect and its answer get lost."""
        self._lost[call] += 1

    def slots(self) -> list[str]:
        """Return what the messages are for, in the order they appeared."""
        return [message.slot for message in self.messages]

    def message(self, slot: str) -> Message:
        """Return the message of a slot."""
        return next(message for message in self.messages if message.slot == slot)

    def count(self, call: Call) -> int:
        """Return how often a call was made."""
        return sum(1 for made, _ in self.calls if made == call)

    async def until(self, call: Call, slot: str) -> None:
        """Return once a call for a slot was made."""
        async with self.news:
            await self.news.wait_for(lambda: (call, slot) in self.calls)

    def parts(self, report: Report) -> int:
        """Cut what a member or the chairman wrote into messages of `message_chars`."""
        match report:
            case AnswerReport():
                text = report.answer.text
            case ReviewReport():
                text = report.review.text
            case SynthesisReport():
                text = report.synthesis.text
            case _:
                text = ""
        return max(1, -(-len(text) // self.message_chars))

    async def post(self, post: Post, report: Report) -> Sent:
        """Add a message."""
        await self.begin("post", post.slot)
        sent = self._add(post, report)
        self.end("post")
        return sent

    async def find(
        self, posts: Sequence[Post], place: Place, since: datetime
    ) -> Mapping[str, Sent]:
        """Look messages up by their keys."""
        await self.begin("find", posts[0].slot)
        keys = {post.key for post in posts}
        return {message.key: _sent(message) for message in self.messages if message.key in keys}

    async def edit(self, post: Post, report: Report) -> None:
        """Let a message say something else."""
        await self.begin("edit", post.slot)
        self._of(post).reports.append(report)
        self.end("edit")

    async def draft(self, post: Post, report: Report) -> FakeDraft:
        """Add a message that is still being written."""
        await self.begin("draft", post.slot)
        self._add(post, report)
        self.end("draft")
        return FakeDraft(self, self.messages[-1])

    async def pin(self, post: Post, place: Place, *, keep: int | None = None) -> None:
        """Pin a message."""
        await self.begin("pin", post.slot)
        self._of(post).is_pinned = True
        self.end("pin")

    async def begin(self, call: Call, slot: str) -> None:
        """Note a call, and fail if it is to fail."""
        async with self.news:
            self.calls.append((call, slot))
            self.news.notify_all()
        if gate := self.gates.get((call, slot)):
            await gate.wait()
        if self._broken[call]:
            raise self._broken[call].popleft()

    def end(self, call: Call) -> None:
        """Lose the answer of a call if it is to be lost."""
        if self._lost[call]:
            self._lost[call] -= 1
            message = "The answer was lost."
            raise ChatUnclear(message)

    def _add(self, post: Post, report: Report) -> Sent:
        message = Message(
            f"m{len(self.messages) + 1}", post.key, post.slot, post.part, post.thread, [report]
        )
        self.messages.append(message)
        return _sent(message)

    def _of(self, post: Post) -> Message:
        for message in self.messages:
            if message.id == post.message_id:
                return message
        reason = "There is no such message."
        raise ChatRefused(reason)


class FakeDraft:
    """Implements `bot.ports.Draft`."""

    def __init__(self, chat: FakeChat, message: Message) -> None:
        self._chat = chat
        self._message = message

    @property
    def sent(self) -> Sent:
        """The message as it stands."""
        return _sent(self._message)

    async def append(self, text: str) -> None:
        """Add text."""
        await self._chat.begin("append", self._message.slot)
        self._message.text += text
        self._chat.end("append")

    async def restart(self) -> None:
        """Void the text."""
        await self._chat.begin("restart", self._message.slot)
        self._message.text = ""
        self._chat.end("restart")

    async def finish(self, report: Report) -> None:
        """Put the report in place of the text."""
        await self._chat.begin("finish", self._message.slot)
        self._message.reports.append(report)
        self._chat.end("finish")


def _sent(message: Message) -> Sent:
    return Sent(message.id, message.id if message.slot == "root" else None)

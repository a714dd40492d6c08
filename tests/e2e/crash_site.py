"""A fake chat platform as a place where services die: where they can, and what is seen after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain import Post, PostState
from tests.e2e.crash import Fault, Promise, Sighting, incomplete, overpaid

# Told the port from which the call came.
Strike = Callable[[int], None]


class Stage(StrEnum):
    """How far a call to the platform got when its process dies."""

    RECEIVED = "received"
    DONE = "done, not answered"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Point:
    """A stage of the n-th call of a kind for one question."""

    call: str
    number: int = 1
    stage: Stage = Stage.RECEIVED


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot, with what it can be found again by."""

    message_id: str
    key: str
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the bot has put where a question was asked; `pins` are messages' ids."""

    messages: tuple[Shown, ...]
    pins: tuple[str, ...]
    links_the_answer: bool

    @property
    def doubled(self) -> int:
        """How many messages stand there once more."""
        return sum(count - 1 for count in Counter(one.key for one in self.messages).values())


class Site(Protocol):
    """A fake platform; each question is asked in a channel of its own."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What a service is told to find it."""
        ...

    @property
    def calls(self) -> Mapping[str, int]:
        """The kinds of calls that a thread takes, and how many of each about."""
        ...

    @property
    def is_blind(self) -> bool:
        """Whether the bot may not look for what it has posted."""
        ...

    async def ask(self, question: str, *, by_mention: bool = False) -> None:
        """Ask in a new channel, and return when the platform knows what came of it."""
        ...

    def is_promised(self, question: str) -> bool:
        """Say whether its person was told that the question was taken."""
        ...

    def is_settled(self, question: str) -> bool:
        """Say whether the platform will not deliver it once more."""
        ...

    def arm(self, question: str, point: Point, strike: Strike) -> None:
        """Strike who makes the call at this point."""
        ...

    def disarm(self) -> None:
        """Strike nobody any more."""
        ...

    def look(self, question: str) -> Seen:
        """Look at what there is."""
        ...

    def complaints(self) -> list[str]:
        """Return, once, what broke the platform's rules."""
        ...


def is_whole(site: Site, question: str) -> bool:
    """Say whether a thread seems to be complete."""
    seen = site.look(question)
    return seen.links_the_answer and bool(seen.pins)


def broken(site: Site, question: str, deaths: Sequence[Sighting], end: Sighting) -> list[Fault]:
    """Say which promises to a question were broken; `deaths` is what was seen after each kill."""
    if end.deliberation is None:
        is_known = any(death.deliberation for death in deaths) or site.is_promised(question)
        return [Fault(Promise.KEPT, "the question is not on record")] if is_known else []
    seen = site.look(question)
    return [
        *incomplete(end.deliberation),
        *overpaid(deaths, end),
        *_misposted(seen, end.posts, may_double=len(deaths) if site.is_blind else 0),
    ]


def _misposted(seen: Seen, posts: Sequence[Post], *, may_double: int) -> Iterator[Fault]:
    ids = {one.message_id for one in seen.messages}
    for post in posts:
        if post.state is not PostState.SENT:
            yield Fault(Promise.KEPT, f"{post.slot} is {post.state}: {post.reason}")
        elif post.message_id not in ids:
            yield Fault(Promise.KEPT, f"{post.slot} is not shown")
    if any(one.is_unfinished for one in seen.messages):
        yield Fault(Promise.KEPT, "a message is left unfinished")
    if not seen.links_the_answer:
        yield Fault(Promise.KEPT, "the root message does not lead to the answer")
    extra = len(seen.messages) - sum(post.state is PostState.SENT for post in posts)
    if max(seen.doubled, extra) > may_double:
        keys = [one.key for one in seen.messages]
        yield Fault(Promise.POSTED_ONCE, f"{seen.doubled} doubled, {extra} more than owed: {keys}")
    if len(seen.pins) != 1:
        yield Fault(Promise.PINNED_ONCE, f"{len(seen.pins)} pins")

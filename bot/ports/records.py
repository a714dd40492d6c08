"""Deliberations at rest, the posts that they owe, and the work on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain import ROOMY, Ahead, Cap, Deliberation, Post, Room, Timings
from bot.domain.events import Fact


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look for deliberations: on a platform, or in one workspace, channels, or thread.

    A thread is the one in which a question was asked or that its own root message opened.
    `is_open`: only those that have not ended.
    """

    platform: str
    workspace: str | None = None
    channels: tuple[str, ...] | None = None
    thread: str | None = None
    is_open: bool = False


class Records(Protocol):
    """Deliberations at rest. Whatever returns has been committed. Raises `StorageError`."""

    async def create(
        self,
        deliberation: Deliberation,
        *,
        delivery: str | None = None,
        caps: Sequence[Cap] = (),
        room: Room = ROOMY,
    ) -> Deliberation:
        """Store a new deliberation, or return the one that this delivery id made before.

        With a new one, its estimate's most and one council are set aside under every one of these
        keys of its workspace, and it gets a turn that waits; if there is no room for one of them,
        nothing is stored. Raises `OverLimit`.
        """
        ...

    async def load(self, deliberation_id: str) -> Deliberation:
        """Return all that is known of one. Raises `NotFound`."""
        ...

    async def take_up(self, deliberation_id: str, *, is_fresh: bool = False) -> Deliberation:
        """Raise the epoch, so that other workers' writes are refused, and return the deliberation.

        `is_fresh` reopens an ended one: queued again, failures and reason forgotten, answers and
        reviews kept. What it may cost at most is set aside again, whether there is room or not.
        """
        ...

    async def save(
        self,
        deliberation: Deliberation,
        facts: Sequence[Fact],
        *,
        posts: Sequence[Post] = (),
        timings: Timings | None = None,
    ) -> None:
        """Store facts, and the posts they bring, in one transaction.

        `deliberation` says which one and which epoch; saving a fact or post that is there already
        changes nothing. Raises `Superseded` on an old epoch.
        """
        ...

    async def search(
        self, words: str = "", *, limit: int = 20, scope: Scope | None = None
    ) -> tuple[Deliberation, ...]:
        """Return the latest deliberations whose question or synthesis holds all words.

        Newest first, everywhere unless there is a `scope`. Answers and reviews are left out of what
        is returned; question, state and synthesis are there.
        """
        ...


class Outbox(Protocol):
    """The posts that deliberations owe. Raises `StorageError`."""

    async def owed(self, deliberation_id: str) -> tuple[Post, ...]:
        """Return all posts of a deliberation in the order they were planned, sent ones too."""
        ...

    async def settle(self, post: Post, *, epoch: int) -> None:
        """Store a post's new state, message id, thread and reason.

        Raises `Superseded` on an old epoch.
        """
        ...


class Work(Protocol):
    """Runs deliberations durably, each when it is its turn.

    Another process finishes what this one leaves when it dies.
    """

    async def start(self, deliberation: Deliberation) -> None:
        """See that a stored one runs when it is its turn; one that runs already goes on."""
        ...

    async def wait(self, deliberation_id: str) -> None:
        """Return when it neither waits for its turn nor is run by a living process."""
        ...

    async def cancel(self, deliberation_id: str) -> None:
        """Stop the run of one that was cancelled, wherever it is, within about a second.

        Where nobody runs it, a run comes that says so in its thread.
        """
        ...

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""
        ...

    async def recover(self) -> tuple[str, ...]:
        """Go on with what dead processes left, and with what waits; return what is begun here."""
        ...

"""The turns of deliberations, for all processes on one database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.domain import Ahead, Tenant, Turn

# What processes on PostgreSQL tell each other on: that a turn began to wait, or is over.
TURNS_CHANNEL = "council_turns"


class Turns(Protocol):
    """Turns at rest: each deliberation has one from its question until its run is over.

    A new or reopened deliberation comes with a turn that waits. Raises `StorageError`.
    """

    async def take(
        self,
        platforms: Collection[str],
        by: str,
        most: int,
        *,
        per_channel: int | None = None,
        served: Sequence[Tenant] = (),
    ) -> tuple[Turn, ...]:
        """Take turns for a process, at most so many, as `bot.domain.turns.fair` chooses.

        At most `per_channel` of a channel are taken at a time, by whatever process.
        """
        ...

    async def keep(self, deliberation_ids: Sequence[str], by: str) -> None:
        """Note that these turns are another process's now: it took their runs over."""
        ...

    async def give_back(self, deliberation_ids: Sequence[str], by: str | None = None) -> None:
        """Let taken turns wait again; only those of one process if it is named."""
        ...

    async def release(self, deliberation_id: str) -> None:
        """End the turn of a deliberation that has ended; another one keeps it."""
        ...

    async def taken(self, platforms: Collection[str]) -> tuple[Turn, ...]:
        """Return all turns that are taken, in the order in which they were asked for."""
        ...

    async def find(self, deliberation_id: str) -> Turn | None:
        """Return the turn of a deliberation, None if it is over."""
        ...

    async def cancelled(self, deliberation_ids: Collection[str]) -> tuple[str, ...]:
        """Return which of these deliberations were cancelled."""
        ...

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""
        ...

    async def mend(self, platforms: Collection[str], besides: Collection[str] = ()) -> None:
        """Give a turn to deliberations that have not ended and have none.

        Those that a version of the bot without turns stored; `besides` are those with a run.
        """
        ...

"""What lies in the database and is not done yet, in figures only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.deliberation import State


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much is under way or waits, of all processes on one database, and since when.

    A final answer that is still being written is not owed yet.
    """

    deliberations: Mapping[State, int]
    waiting: int
    taken: int
    waiting_since: datetime | None
    posts: int
    posts_since: datetime | None

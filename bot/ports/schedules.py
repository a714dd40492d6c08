"""Questions that repeat, and the rooms in which they are asked."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain import Person, Place, Remark, Schedule, Tenant


class Schedules(Protocol):
    """Schedules at rest. All methods raise `StorageError`."""

    async def add(self, schedule: Schedule) -> None:
        """Store a new schedule. Raises `Changed` if its id is taken, by whomever."""
        ...

    async def get(self, tenant: Tenant, schedule_id: str) -> Schedule:
        """Return one of a workspace. Raises `NotFound`."""
        ...

    async def all(self, place: Place) -> tuple[Schedule, ...]:
        """Return those of a channel, the oldest first; without a channel the whole workspace's."""
        ...

    async def save(self, schedule: Schedule) -> Schedule:
        """Store a changed one under its number, and return it with the next.

        Raises `Changed` if it has another number by now, `NotFound`.
        """
        ...

    async def remove(self, tenant: Tenant, schedule_id: str) -> None:
        """Forget one of a workspace. Raises `NotFound`."""
        ...

    async def due(self, now: datetime, *, limit: int = 100) -> tuple[Schedule, ...]:
        """Return those of all workspaces that are due by now, the longest due first."""
        ...


class Rooms(Protocol):
    """The channels of a chat platform, as far as schedules need them. Methods raise `ChatError`."""

    async def fault(self, place: Place) -> str | None:
        """Return the sentence on why the council cannot answer there until somebody mends it.

        None if it can. What may pass by itself raises `ChatError`.
        """
        ...

    async def person(self, place: Place, person_id: str) -> Person:
        """Return somebody with their rights at the moment, as the platform says.

        `ChatRefused` says in a sentence why not: they are gone.
        """
        ...

    async def said(self, place: Place, since: datetime, *, most: int) -> tuple[Remark, ...]:
        """Return the latest of what people said in a channel since a moment, the oldest first.

        `ChatRefused` says in a sentence why it cannot be read.
        """
        ...

    async def tell(self, place: Place, person_id: str, sentence: str) -> None:
        """Tell one person something about a channel, privately."""
        ...

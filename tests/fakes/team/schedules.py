"""Schedules, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain import Place, Schedule, Tenant
from bot.errors import Changed, NotFound


class FakeSchedules:
    """Implements `bot.ports.Schedules`."""

    def __init__(self) -> None:
        self._known: dict[str, Schedule] = {}

    async def add(self, schedule: Schedule) -> None:
        """Store a new schedule."""
        if schedule.id in self._known:
            message = "Another schedule has this id; please try again."
            raise Changed(message)
        self._known[schedule.id] = schedule

    async def get(self, tenant: Tenant, schedule_id: str) -> Schedule:
        """Return one of a workspace."""
        known = self._known.get(schedule_id)
        if known is None or known.place.tenant != tenant:
            message = "There is no schedule of that id."
            raise NotFound(message)
        return known

    async def all(self, place: Place) -> tuple[Schedule, ...]:
        """Return those of a channel, or of a workspace."""
        theirs = (one for one in self._known.values() if one.place.tenant == place.tenant)
        here = (one for one in theirs if place.channel in ("", one.place.channel))
        return tuple(sorted(here, key=lambda one: (one.created_at, one.id)))

    async def save(self, schedule: Schedule) -> Schedule:
        """Store a changed one under its number."""
        known = await self.get(schedule.place.tenant, schedule.id)
        if known.number != schedule.number:
            message = "Somebody else changed this schedule in the meantime; look at it again."
            raise Changed(message)
        self._known[schedule.id] = replace(schedule, number=schedule.number + 1)
        return self._known[schedule.id]

    async def remove(self, tenant: Tenant, schedule_id: str) -> None:
        """Forget one of a workspace."""
        del self._known[(await self.get(tenant, schedule_id)).id]

    async def due(self, now: datetime, *, limit: int = 100) -> tuple[Schedule, ...]:
        """Return those that are due by now."""
        due = [(one.next_due_at, one) for one in self._known.values()]
        ready = [(at, one) for at, one in due if at is not None and at <= now]
        return tuple(one for _, one in sorted(ready, key=lambda item: item[0]))[:limit]

"""Schedules at rest."""

from __future__ import annotations

from datetime import datetime

from bot.domain import Place, Schedule, Tenant
from bot.storage.database import Database


class SqlSchedules:
    """`bot.ports.Schedules` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, schedule: Schedule) -> None:
        """Store a new schedule."""
        raise NotImplementedError

    async def get(self, tenant: Tenant, schedule_id: str) -> Schedule:
        """Return one of a workspace. Raises `NotFound`."""
        raise NotImplementedError

    async def all(self, place: Place) -> tuple[Schedule, ...]:
        """Return those of a channel, or of a workspace."""
        raise NotImplementedError

    async def save(self, schedule: Schedule) -> Schedule:
        """Store a changed one under its number. Raises `Changed`, `NotFound`."""
        raise NotImplementedError

    async def remove(self, tenant: Tenant, schedule_id: str) -> None:
        """Forget one of a workspace. Raises `NotFound`."""
        raise NotImplementedError

    async def due(self, now: datetime, *, limit: int = 100) -> tuple[Schedule, ...]:
        """Return those that are due by now."""
        raise NotImplementedError

"""What an operator may know of a process: whether it can work, and what its observers hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from bot.composition.health import Health
from bot.composition.tracing import Tracing, Untraced
from bot.domain.backlog import Backlog
from bot.errors import StorageError
from bot.ports.observer import NOBODY, ModelsObserver, WorkObserver
from bot.storage.backlog import backlog
from bot.storage.database import Database
from bot.storage.probe import probe


class Reached(Protocol):
    """A chat platform that may be out of reach."""

    @property
    def name(self) -> str:
        """How places and records call it."""
        ...

    @property
    def fault(self) -> str | None:
        """What keeps deliveries away that it takes, None if nothing is known to."""
        ...


@dataclass(slots=True)
class Watch:
    """The checks of a process, the observers that its parts tell, and its traces."""

    health: Health = field(default_factory=Health)
    models: ModelsObserver = NOBODY
    work: WorkObserver = NOBODY
    tracing: Tracing = field(default_factory=Untraced)
    database: Database | None = None

    def add(self, database: Database, platforms: Iterable[Reached]) -> None:
        """Check a database and platforms, and count what lies in the database."""
        self.database = database
        self.health.add("database", partial(_database_fault, database))
        for platform in platforms:
            self.health.add(platform.name, partial(_platform_fault, platform))

    async def backlog(self) -> Backlog | None:
        """Count what is not done yet; None if the database does not answer."""
        # Checked before, so that no figures wait for a database that does not answer.
        if self.database is None or not (await self.passed())["database"]:
            return None
        try:
            return await backlog(self.database)
        except StorageError:
            return None

    async def passed(self) -> Mapping[str, bool]:
        """Say which checks pass."""
        return {name: fault is None for name, fault in (await self.health.look()).items()}


async def _database_fault(database: Database) -> str | None:
    """Return None; whatever is wrong is raised as `StorageError`."""
    await probe(database)


async def _platform_fault(platform: Reached) -> str | None:
    return platform.fault

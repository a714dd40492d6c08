"""What is on record, for those who delete it or take it along."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.console.record import Record
from bot.composition.desk import PLATFORM
from bot.config import Settings
from bot.ports import Archive, Budgets, Exports
from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate
from bot.storage.team.archive import SqlArchive
from bot.storage.team.budgets import SqlBudgets
from bot.storage.team.exports import SqlExports


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the commands for whole workspaces work with."""

    archive: Archive
    budgets: Budgets
    exports: Exports


@asynccontextmanager
async def open_archive(settings: Settings) -> AsyncGenerator[OnRecord]:
    """Open the database; tables are brought up to date first."""
    migrate(settings.database_url)
    async with open_database(settings.database_url) as database:
        archive = archive_of(settings, database)
        yield OnRecord(archive, SqlBudgets(database), SqlExports(database))


def archive_of(settings: Settings, database: Database) -> SqlArchive:
    """Return the archive; what the terminal showed of a deliberation goes with it."""
    shown = Record(settings.data_dir / PLATFORM)
    return SqlArchive(database, retention_days=settings.file.retention.days, on_erased=shown.remove)

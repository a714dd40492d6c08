"""The database, for commands that only read."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.config import Settings
from bot.ports import Records
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.records import SqlRecords


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[Records]:
    """Open the database for reading; tables are brought up to date first."""
    migrate(settings.database_url)
    async with open_database(settings.database_url) as database:
        yield SqlRecords(database)

"""The operator's switch, for commands that throw it or look at it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.config import Settings
from bot.ports import Switch
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.team.switch import SqlSwitch


@asynccontextmanager
async def open_switch(settings: Settings) -> AsyncGenerator[Switch]:
    """Open the database for the switch; tables are brought up to date first."""
    migrate(settings.database_url)
    async with open_database(settings.database_url) as database:
        yield SqlSwitch(database)

"""The limits of providers: over all processes on PostgreSQL, in this one on SQLite."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from bot.config import Settings
from bot.llm.lanes import Lane, Lanes, Sharing
from bot.storage.address import is_sqlite, parse_address
from bot.storage.database import Database, open_database
from bot.storage.workspaces.pace import SqlPace


@asynccontextmanager
async def open_lanes(settings: Settings, database: Database | None = None) -> AsyncGenerator[Lanes]:
    """Open what keeps them; without a database at hand it opens one for itself."""
    address = parse_address(settings.database_url)
    if is_sqlite(address):
        yield Lane
        return
    # Its driver is not needed on SQLite.
    from bot.storage.places.shared import open_places  # noqa: PLC0415

    longest_s = settings.file.deadlines.call
    async with AsyncExitStack() as stack:
        places = await stack.enter_async_context(open_places(address, longest_s=longest_s))
        if database is None:
            opening = open_database(settings.database_url)
            database = await stack.enter_async_context(opening)
        yield partial(Lane, sharing=Sharing(places, SqlPace(database)))

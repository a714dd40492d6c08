"""Whether the database takes writes, at no cost to it."""

from __future__ import annotations

from sqlalchemy import false, update

from bot.storage.database import Database
from bot.storage.tables import paces

# Changes no row, and yet needs all that a write needs: a server that is no copy, SQLite's lock.
_NOTHING = update(paces).where(false()).values(held_until=0.0)


async def probe(database: Database) -> None:
    """Return if the database takes writes. Raises `StorageError`."""
    await database.write(lambda connection: connection.execute(_NOTHING))

"""An open database: sessions to read with and the writer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import URL, Connection

from bot.storage.address import is_sqlite, parse_address
from bot.storage.connections import blocking_engine
from bot.storage.faults import translated
from bot.storage.rows import Positions
from bot.storage.sessions import Sessions, open_sessions
from bot.storage.writer import Writer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Database:
    """An open database."""

    sessions: Sessions
    writer: Writer
    positions: Positions

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what a function finds, all of one moment. Raises `StorageError`."""
        with translated():
            return await self.sessions.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what a function gives, once its writes are committed. Raises `StorageError`.

        For small things beside the deliberations, whose writes go through the writer.
        """
        with translated():
            return await self.sessions.write(work)

    async def scrub(self, tables: Sequence[str]) -> None:
        """Let nothing of what was deleted from tables stay in the files. Raises `StorageError`."""
        with translated():
            await self.sessions.scrub(tables)


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """Open a database that `migrate` brought up to date; what is being written is finished first.

    Raises `BadConfig` on an address that is none of ours, `StorageError` if there is no such file.
    """
    address = parse_address(url)
    _look(address)
    sessions = open_sessions(address)
    writer = Writer(sessions)
    writer.start()
    try:
        yield Database(sessions, writer, Positions())
    finally:
        try:
            await writer.stop()
        finally:
            await sessions.close()


def _look(address: URL) -> None:
    """Open a file once: whoever opens the database hears at once if it is not there."""
    if not is_sqlite(address):
        return
    engine = blocking_engine(address)
    with translated(), engine.connect():
        engine.dispose()

"""Transactions on PostgreSQL, whose driver waits on the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.connections import CONNECTIONS, POOL_TIMEOUT_S, connect_args
from bot.storage.scrubbing import scrub_tables

T = TypeVar("T")


class LoopSessions:
    """PostgreSQL, on the event loop; implements `bot.storage.sessions.Sessions`."""

    def __init__(self, address: URL) -> None:
        self._writers = create_async_engine(
            address,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            pool_pre_ping=True,
            connect_args=connect_args(address),
            hide_parameters=True,
        )
        self._readers = self._writers.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._cleaners = self._writers.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def engine(self) -> Engine:
        """The engine behind it, for those who listen to its events."""
        return self._writers.sync_engine

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what a function finds; it sees one moment for its whole length."""
        return await _on_loop(self._readers, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what a function gives, once its writes are committed."""
        return await _on_loop(self._writers, work)

    async def scrub(self, tables: Sequence[str]) -> None:
        """Let nothing of what was deleted from tables stay in them."""
        await _on_loop(self._cleaners, partial(scrub_tables, tables))

    async def close(self) -> None:
        """Let go of all connections."""
        await self._writers.dispose()


async def _on_loop(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    async with engine.begin() as connection:
        return await connection.run_sync(work)

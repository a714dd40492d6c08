"""Transactions from the event loop: whole functions, run where their driver waits best.

SQLite's driver blocks, so a transaction runs in a thread as one piece: handing each statement to a
thread by itself took two hundred switches a deliberation. psycopg waits on the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine

from bot.storage.address import is_sqlite
from bot.storage.connections import CONNECTIONS, POOL_TIMEOUT_S, WRITES, connect_args, prepare
from bot.storage.scrubbing import scrub_file

T = TypeVar("T")


class Sessions(Protocol):
    """Runs functions over a connection, each in a transaction of its own.

    A function that fails is rolled back. Errors of the database come out as they are.
    """

    @property
    def engine(self) -> Engine:
        """The engine behind it, for those who listen to its events."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what a function finds; it sees one moment for its whole length."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what a function gives, once its writes are committed."""
        ...

    async def scrub(self, tables: Sequence[str]) -> None:
        """Let nothing of what was deleted from tables stay in the files."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


def open_sessions(address: URL) -> Sessions:
    """Return the sessions that suit the database; nothing is connected yet."""
    if is_sqlite(address):
        return _ThreadSessions(address)
    # It brings SQLAlchemy's object mapper along, a tenth of what `council history` loads.
    from bot.storage.loop_sessions import LoopSessions  # noqa: PLC0415

    return LoopSessions(address)


class _ThreadSessions:
    """SQLite, in a few threads."""

    def __init__(self, address: URL) -> None:
        # SQLite has one writer at a time; waiting here costs less than its own busy loop.
        self._turn = asyncio.Lock()
        self.engine = create_engine(
            address,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_S,
            connect_args={**connect_args(address), "check_same_thread": False},
            hide_parameters=True,
        )
        prepare(self.engine)
        self._writing = self.engine.execution_options(**WRITES)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="storage")

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._run(self.engine, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        async with self._turn:
            return await self._run(self._writing, work)

    async def scrub(self, tables: Sequence[str]) -> None:
        async with self._turn:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, scrub_file, self.engine)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self.engine.dispose()

    async def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        def transact() -> T:
            with engine.begin() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transact)

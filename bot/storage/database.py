"""An open database: connections to read with and the writer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.address import is_sqlite, parse_address
from bot.storage.connections import blocking_engine, connect_args, prepare
from bot.storage.faults import translated
from bot.storage.rows import Positions
from bot.storage.writer import Writer

# Readers and the writer; more would only queue elsewhere.
_CONNECTIONS = 6
_POOL_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `readers` sees one moment for the length of a transaction."""

    readers: AsyncEngine
    writer: Writer
    positions: Positions


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """Open a database that `migrate` brought up to date; what is being written is finished first.

    Raises `BadConfig` on an address that is none of ours, `StorageError` if there is no such file.
    """
    address = parse_address(url)
    _look(address)
    engine = _engine(address)
    writer = Writer(engine)
    writer.start()
    try:
        yield Database(_readers(engine), writer, Positions())
    finally:
        try:
            await writer.stop()
        finally:
            await engine.dispose()


def _look(address: URL) -> None:
    """Open a file once before the driver does: its thread outlives an opening that failed."""
    if not is_sqlite(address):
        return
    engine = blocking_engine(address)
    with translated(), engine.connect():
        engine.dispose()


def _engine(address: URL) -> AsyncEngine:
    engine = create_async_engine(
        address,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=not is_sqlite(address),
        connect_args=connect_args(address),
        hide_parameters=True,
    )
    prepare(engine.sync_engine)
    return engine


def _readers(engine: AsyncEngine) -> AsyncEngine:
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

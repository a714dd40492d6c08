"""What other processes on PostgreSQL tell: that there may be a turn to take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg import sql

from bot.beside import running
from bot.ports.turns import TURNS_CHANNEL
from bot.work.database import direct_address, engine_url

_AGAIN_S = 1.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def listening(url: str, tell: Callable[[], None]) -> AsyncGenerator[None]:
    """Call `tell` whenever a process says something, while the context is open.

    Nobody says anything on SQLite. While the server is away nothing is heard; whoever listens must
    look now and then by themselves.
    """
    address = direct_address(engine_url(url))
    if address is None:
        yield
        return
    async with running(_listen(address, tell)):
        yield


async def _listen(address: str, tell: Callable[[], None]) -> None:
    while True:
        try:
            connecting = psycopg.AsyncConnection.connect(
                address, autocommit=True, connect_timeout=10, application_name="council notices"
            )
            async with await connecting as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(TURNS_CHANNEL)))
                tell()
                async for _ in connection.notifies():
                    tell()
        except psycopg.Error:
            log.debug("notices lost")
        await asyncio.sleep(_AGAIN_S)

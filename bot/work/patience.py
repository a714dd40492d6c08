"""How long to keep trying: with the database for seconds, with a chat platform for minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import ChatUnclear, StorageError, Superseded

# A platform that hangs is as good as one that broke off; adapters may pace posts for seconds.
_CHAT_CALL_S = 60.0
# Long enough for a database to fail over, short enough not to hold a deliberation up for ever.
_STORAGE_PAUSES_S = (0.1, 0.4, 1.5, 3.0)
# About three minutes in all: most outages of a chat platform are shorter.
CHAT_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0)

T = TypeVar("T")


async def stored(write: Callable[[], Awaitable[T]]) -> T:
    """Repeat a call to the database that may be repeated, as long as it cannot be used."""
    for pause_s in _STORAGE_PAUSES_S:
        try:
            return await write()
        except Superseded:
            raise
        except StorageError:
            await asyncio.sleep(pause_s)
    return await write()


async def in_time(call: Awaitable[T], limit_s: float = _CHAT_CALL_S) -> T:
    """Await a call to a chat platform. Raises `ChatUnclear` when it takes too long."""
    try:
        async with asyncio.timeout(limit_s):
            return await call
    except TimeoutError as error:
        message = "The chat platform did not answer in time."
        raise ChatUnclear(message) from error

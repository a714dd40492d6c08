"""Turns in the pace that all processes share, as an adapter's calls take them."""

from __future__ import annotations

import asyncio

from bot.errors import ChatBusy, StorageError
from bot.ports import Pace

# The database keeps the pace; when it is away there is no hurry.
_NO_DATABASE_S = 2.0


class Pacer:
    """Takes turns for a platform's calls. Methods raise `ChatBusy`, also for a lost database."""

    def __init__(self, pace: Pace, platform: str) -> None:
        self._pace = pace
        self._platform = platform

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> None:
        """Wait for the turn of a call, unless it is further away than `within_s`."""
        try:
            wait_s = await self._pace.take(key, every_s=every_s, burst=burst, within_s=within_s)
        except StorageError as error:
            raise no_database() from error
        if wait_s > within_s:
            message = f"{self._platform} would find this too fast."
            raise ChatBusy(message, retry_after_s=wait_s)
        await asyncio.sleep(wait_s)

    async def hold(self, key: str, for_s: float) -> None:
        """Let no call go for some seconds, since the platform said so."""
        try:
            await self._pace.hold(key, for_s)
        except StorageError as error:
            raise no_database() from error


def no_database() -> ChatBusy:
    """Return what a call to a platform meets whose pace or token cannot be read."""
    return ChatBusy("The database cannot be used right now.", retry_after_s=_NO_DATABASE_S)

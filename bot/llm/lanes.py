"""One provider's limits: how many requests at once, how many a minute, how many retries."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

from bot.errors import StorageError
from bot.llm import failures
from bot.llm.providers import Provider
from bot.llm.retry import RetryBudget
from bot.ports import Pace, Places

_MINUTE_S = 60.0
# A tenth of a minute's requests may go at once, the others evenly: never more in any minute.
_BURST = 10
_NO_DATABASE_S = 0.5  # between two looks whether it is back


@dataclass(frozen=True, slots=True)
class Sharing:
    """What keeps a provider's limits over all processes."""

    places: Places
    pace: Pace


class Lane:
    """A provider's limits: in this process, and over all of them with `sharing`."""

    def __init__(self, provider: Provider, sharing: Sharing | None = None) -> None:
        self.provider = provider
        self.budget = RetryBudget()
        self._sharing = sharing
        self._key = _key(provider)
        self._places = asyncio.Semaphore(provider.concurrency)
        per_minute = provider.requests_per_minute
        self._pace = None if per_minute is None else AsyncLimiter(per_minute, _MINUTE_S)

    @asynccontextmanager
    async def place(self, until: float) -> AsyncGenerator[None]:
        """Hold one of the places. Raises `AttemptError` if there was none until then."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout_at(until):
                    await self._enter(stack, until)
            except TimeoutError as error:
                raise failures.no_room(self.provider) from error
            yield

    async def _enter(self, stack: AsyncExitStack, until: float) -> None:
        """Take a place and a turn. Raises `TimeoutError` if there will be none in time."""
        await stack.enter_async_context(self._places)
        if self._sharing is None:
            if self._pace is not None:
                await self._pace.acquire()
            return
        most = self.provider.concurrency
        await stack.enter_async_context(self._sharing.places.place(self._key, most))
        if self.provider.requests_per_minute is not None:
            per_minute = self.provider.requests_per_minute
            await self._take_turn(self._sharing.pace, per_minute, until)

    async def _take_turn(self, pace: Pace, per_minute: int, until: float) -> None:
        every_s, burst = spread(per_minute)
        while True:
            left_s = until - asyncio.get_running_loop().time()
            try:
                wait_s = await pace.take(self._key, every_s=every_s, burst=burst, within_s=left_s)
            except StorageError:
                await asyncio.sleep(_NO_DATABASE_S)
                continue
            if wait_s > left_s:
                raise TimeoutError
            await asyncio.sleep(wait_s)
            return


Lanes = Callable[[Provider], Lane]


def spread(per_minute: int) -> tuple[float, int]:
    """Return the seconds between two requests and how many may go at once before.

    In any minute there are the burst and as many as the minute has steps: `per_minute` in all.
    """
    burst = max(1, per_minute // _BURST)
    return _MINUTE_S / (per_minute - burst + 1), burst


def _key(provider: Provider) -> str:
    """Name a provider for all processes, so that nobody reads in it whose it is."""
    owner = provider.owner
    whose = () if owner is None else (owner.platform, owner.workspace)
    named = "\0".join((*whose, provider.name))
    return f"provider:{hashlib.sha256(named.encode()).hexdigest()[:32]}"

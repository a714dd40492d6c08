"""One provider's limits: how many requests at once, how many a minute, how many retries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiolimiter import AsyncLimiter

from bot.llm import failures
from bot.llm.providers import Provider
from bot.llm.retry import RetryBudget


class Lane:
    """A provider's limits in this process."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.budget = RetryBudget()
        self._places = asyncio.Semaphore(provider.concurrency)
        per_minute = provider.requests_per_minute
        self._pace = None if per_minute is None else AsyncLimiter(per_minute, 60)

    @asynccontextmanager
    async def place(self, until: float) -> AsyncGenerator[None]:
        """Hold one of the places. Raises `AttemptError` if there was none until then."""
        try:
            async with asyncio.timeout_at(until):
                await self._places.acquire()
        except TimeoutError as error:
            raise failures.no_room(self.provider) from error
        try:
            await self._keep_pace(until)
            yield
        finally:
            self._places.release()

    async def _keep_pace(self, until: float) -> None:
        if self._pace is None:
            return
        try:
            async with asyncio.timeout_at(until):
                await self._pace.acquire()
        except TimeoutError as error:
            raise failures.no_room(self.provider) from error

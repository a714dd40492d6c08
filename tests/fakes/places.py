"""Places that processes share, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.ports import Places


class FakePlaces(Places):
    """Places of any number of processes; `asked` are the keys and how many places each has."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.held = 0
        self._places: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def place(self, key: str, most: int) -> AsyncGenerator[None]:
        self.asked.append((key, most))
        async with self._places.setdefault(key, asyncio.Semaphore(most)):
            self.held += 1
            try:
                yield
            finally:
                self.held -= 1

"""The end of a process: calls that are out come to their end, and no new one begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, suppress

from bot.ports import Completion, ModelInfo, ModelRequest, Models

# What the last calls brought is stored, and mostly shown, by then.
_AFTERWARDS_S = 0.5


class Drain:
    """Counts the calls to models that are out; one a process."""

    def __init__(self) -> None:
        self._out = 0
        self._is_closed = False
        self._is_empty = asyncio.Event()
        self._is_empty.set()

    @property
    def out(self) -> int:
        """How many calls are out."""
        return self._out

    def close(self) -> None:
        """Let no further call begin: it waits until its run is stopped."""
        self._is_closed = True

    async def finish(self, within_s: float, hurry: asyncio.Event) -> None:
        """Return when all calls have ended, or the time is over, or there is a hurry."""
        self.close()
        waiting = asyncio.create_task(self._finished())
        hurrying = asyncio.create_task(hurry.wait())
        tasks = (waiting, hurrying)
        await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    @asynccontextmanager
    async def call(self) -> AsyncGenerator[None]:
        """Count a call, unless no further one may begin: then it waits until it is cancelled."""
        if self._is_closed:
            await asyncio.Event().wait()
        self._out += 1
        self._is_empty.clear()
        try:
            yield
        finally:
            self._out -= 1
            if not self._out:
                self._is_empty.set()

    async def _finished(self) -> None:
        if self._out:
            await self._is_empty.wait()
            await asyncio.sleep(_AFTERWARDS_S)


class DrainedModels:
    """Models of a process that may have to end; implements `bot.ports.Models`."""

    def __init__(self, models: Models, drain: Drain) -> None:
        self._models = models
        self._drain = drain

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        async with self._drain.call():
            return await self._models.complete(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        async with self._drain.call(), aclosing(self._models.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        return await self._models.list(provider)

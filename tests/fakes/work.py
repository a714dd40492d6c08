"""Work in memory, without durability."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from bot.domain import Ahead, Deliberation


class FakeWork:
    """Implements `bot.ports.Work`: runs are tasks of this process; an async context manager.

    Every turn comes at once. `started` lists deliberation and epoch of each run; `dead` are those
    that a dead process left, `elsewhere` those that a living one runs. `before_all` is how many are
    before everyone who asks.
    """

    def __init__(self, run: Callable[[str], Awaitable[None]] | None = None) -> None:
        self.started: list[tuple[str, int]] = []
        self.cancelled: list[str] = []
        self.dead: set[str] = set()
        self.elsewhere: set[str] = set()
        self.before_all = Ahead()
        self._run = run or _for_ever
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def start(self, deliberation: Deliberation) -> None:
        """Start the run of this epoch, once."""
        key = (deliberation.id, deliberation.epoch)
        if key[0] in self.dead:
            await self.recover()
        elif key not in self._tasks and not await self.is_running(deliberation.id):
            self.started.append(key)
            self._tasks[key] = asyncio.create_task(_perform(self._run, deliberation.id))

    async def wait(self, deliberation_id: str) -> None:
        """Return when no run is left here."""
        await asyncio.gather(*self._of(deliberation_id), return_exceptions=True)

    async def cancel(self, deliberation_id: str) -> None:
        """Stop the runs."""
        self.cancelled.append(deliberation_id)
        self.dead.discard(deliberation_id)
        self.elsewhere.discard(deliberation_id)
        for task in self._of(deliberation_id):
            task.cancel()
        await self.wait(deliberation_id)

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before it."""
        return self.before_all

    async def recover(self) -> tuple[str, ...]:
        """Run what dead processes left."""
        recovered = tuple(sorted(self.dead))
        self.dead.clear()
        for deliberation_id in recovered:
            task = asyncio.create_task(_perform(self._run, deliberation_id))
            self._tasks[deliberation_id, -1] = task
        return recovered

    async def is_running(self, deliberation_id: str) -> bool:
        """Say whether there is a run, here or elsewhere."""
        return bool(self._of(deliberation_id)) or deliberation_id in self.elsewhere

    def _of(self, deliberation_id: str) -> list[asyncio.Task[None]]:
        return [
            task
            for (known, _), task in self._tasks.items()
            if known == deliberation_id and not task.done()
        ]


async def _perform(run: Callable[[str], Awaitable[None]], deliberation_id: str) -> None:
    await run(deliberation_id)


async def _for_ever(_deliberation_id: str) -> None:
    await asyncio.Event().wait()

"""What a service does now and then beside its councils."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from bot.errors import StorageError
from bot.team.asking import Team
from bot.team.halting import Halting

# Halted councils stop paying within a second.
_LOOK_EVERY_S = 0.5
# How soon what a council did not use is there for the next one.
_SETTLE_EVERY_S = 1.0
# What is kept for days need not be deleted to the minute.
_PURGE_EVERY_S = 3600.0


@asynccontextmanager
async def sweeping(team: Team) -> AsyncGenerator[Halting]:
    """Settle what councils cost, delete what is too old, and look at the operator's switch.

    Yields what is known of the switch; it was looked at once.
    """

    async def purge() -> None:
        await team.archive.purge(datetime.now(UTC))

    halting = Halting(team.switch)
    await halting.look()
    tasks = [
        asyncio.create_task(_repeated(halting.look, _LOOK_EVERY_S)),
        asyncio.create_task(_repeated(team.budgets.settle, _SETTLE_EVERY_S)),
        asyncio.create_task(_repeated(purge, _PURGE_EVERY_S)),
    ]
    try:
        yield halting
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _repeated(work: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do something again and again; a database that does not answer is asked again later."""
    while True:
        with suppress(StorageError):
            await work()
        await asyncio.sleep(every_s)

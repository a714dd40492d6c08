"""What a service does now and then beside its councils."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from bot.beside import running
from bot.domain import Tenant
from bot.errors import StorageError
from bot.team.asking import Team
from bot.team.spending.halting import Halting

# Halted councils stop paying within a second.
_LOOK_EVERY_S = 0.5
# How soon what a council did not use is there for the next one.
_SETTLE_EVERY_S = 1.0
# What is kept for days need not be deleted to the minute.
_PURGE_EVERY_S = 3600.0
# Some prices stand in the providers' own lists alone: until these were read, they count at a cap.
_PRICES_EVERY_S = 3600.0
_NOBODY = Tenant("", "")


@asynccontextmanager
async def sweeping(team: Team) -> AsyncGenerator[Halting]:
    """Settle councils, delete what is too old, read prices, and look at the operator's switch.

    Yields what is known of the switch; it was looked at once.
    """

    async def purge() -> None:
        await team.archive.purge(datetime.now(UTC))

    async def know_prices() -> None:
        await team.catalog.find(_NOBODY, "", limit=1)

    halting = Halting(team.switch)
    await halting.look()
    async with (
        repeating(halting.look, _LOOK_EVERY_S),
        repeating(team.budgets.settle, _SETTLE_EVERY_S),
        repeating(purge, _PURGE_EVERY_S),
        repeating(know_prices, _PRICES_EVERY_S),
    ):
        yield halting


@asynccontextmanager
async def repeating(work: Callable[[], Awaitable[object]], every_s: float) -> AsyncGenerator[None]:
    """Do something again and again while the context is open.

    A database that does not answer is asked again later.
    """

    async def repeat() -> None:
        while True:
            with suppress(StorageError):
                await work()
            await asyncio.sleep(every_s)

    async with running(repeat()):
        yield

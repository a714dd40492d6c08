"""Ticks once a second, so that what is due is looked after; what is due is not its business."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.beside import running

# Schedules are due by the minute; people look at the clock when one is.
EVERY_S = 1.0
# A wall clock that is put back by two hours would keep APScheduler waiting for as long.
_STANDSTILL = 5

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def ticking(
    tick: Callable[[], Awaitable[None]], *, every_s: float = EVERY_S
) -> AsyncGenerator[None]:
    """Call `tick` again and again while the context is open, never twice at once.

    What it raises is logged, and it is called again.
    """
    woken = asyncio.Event()

    async def wake() -> None:
        woken.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    job = scheduler.add_job(  # pyright: ignore[reportUnknownMemberType] it is untyped
        wake, _Every(every_s), coalesce=True, max_instances=1, misfire_grace_time=None
    )
    scheduler.start()
    async with running(_answer(woken, tick, job, every_s)):
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)


async def _answer(
    woken: asyncio.Event, tick: Callable[[], Awaitable[None]], job: Job, every_s: float
) -> None:
    while True:
        try:
            async with asyncio.timeout(_STANDSTILL * every_s):
                await woken.wait()
        except TimeoutError:
            job.reschedule(_Every(every_s))  # pyright: ignore[reportUnknownMemberType] it is untyped
        woken.clear()
        try:
            await tick()
        except Exception as error:  # noqa: BLE001 whatever it is, the next tick must come
            log.warning("tick failed", error=type(error).__name__)


class _Every(BaseTrigger):
    """Counts from now, not from the last time.

    APScheduler's own would reckon every second in between when a clock is put forward by years.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] it is untyped
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """Return when to wake next."""
        return now + self._interval

"""How late the event loop is: whatever blocks it delays every acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, Histogram

from bot.beside import running

# Often enough to catch a stall of tenths of a second, seldom enough to cost nothing.
_EVERY_S = 0.25
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


@asynccontextmanager
async def lag_measured(registry: CollectorRegistry) -> AsyncGenerator[None]:
    """Measure while the context is open."""
    lag = Histogram(
        "council_loop_lag_seconds",
        "How late the event loop came to what was due.",
        buckets=_BUCKETS_S,
        registry=registry,
    )
    async with running(_measure(lag)):
        yield


async def _measure(lag: Histogram) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + _EVERY_S
        await asyncio.sleep(_EVERY_S)
        lag.observe(max(0.0, clock() - due))

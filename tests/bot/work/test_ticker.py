from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import time_machine

from bot.work.ticker import ticking

_EVERY_S = 0.01
_PATIENCE_S = 5.0


class Ticks:
    """Counts ticks; `fault` is raised by each of them."""

    def __init__(self) -> None:
        self.count = 0
        self.at_once = self.most_at_once = 0
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self._news = asyncio.Condition()

    async def tick(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        async with self._news:
            self.count += 1
            self._news.notify_all()
        await self.gate.wait()
        self.at_once -= 1
        if self.fault is not None:
            raise self.fault

    async def more(self, number: int) -> None:
        """Wait for so many more."""
        wanted = self.count + number
        async with asyncio.timeout(_PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self.count >= wanted)


async def test_it_ticks_as_long_as_the_context_is_open() -> None:
    ticks = Ticks()

    async with ticking(ticks.tick, every_s=_EVERY_S):
        await ticks.more(5)
    known = ticks.count
    others = asyncio.all_tasks() - {asyncio.current_task()}

    assert others == set()
    assert ticks.count == known


async def test_a_slow_tick_is_not_overtaken() -> None:
    ticks, seen = Ticks(), list[int]()
    ticks.gate.clear()

    def open_gate() -> None:
        seen.append(ticks.count)
        ticks.gate.set()

    async with ticking(ticks.tick, every_s=_EVERY_S):
        await ticks.more(1)
        asyncio.get_running_loop().call_later(5 * _EVERY_S, open_gate)
        await ticks.more(3)

    assert seen == [1]
    assert ticks.most_at_once == 1


async def test_a_tick_that_fails_is_followed_by_the_next() -> None:
    ticks = Ticks()
    ticks.fault = ZeroDivisionError("secret")

    async with ticking(ticks.tick, every_s=_EVERY_S):
        await ticks.more(3)


async def test_a_wall_clock_that_is_put_back_or_forward_does_not_stop_it() -> None:
    ticks, now = Ticks(), datetime.now(UTC)

    async with ticking(ticks.tick, every_s=_EVERY_S):
        await ticks.more(2)
        for hours in (-2, 2, -2, 24 * 365 * 50):
            with time_machine.travel(now + timedelta(hours=hours), tick=True):
                await ticks.more(10)

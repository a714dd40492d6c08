"""What DBOS's own queue would cost: one deliberation a channel at a time, polled.

`python -m tests.bench.polled_queue [--database sqlite|postgres]`. The work is a line that does
nothing, so all that is measured is the queue; beside it workflows that are started at once, as the
engine does it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

from bot.work.database import engine_url
from bot.work.launch import launched
from tests.bench.databases import databases

_QUEUE = "council"
_POLL_S = 0.05
_IDLE_S = 10.0
_ONE_BY_ONE = 50
_AT_ONCE = 1000
_CHANNELS = 100
_LONG_LINE = 10_000
_LONG_CHANNELS = 1000

Put = Callable[[str, str], Awaitable[object]]


class Work:
    """A workflow that notes when it begins."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self._awaited = 0
        self._all = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def perform(self, name: str) -> None:
        """Note it."""
        self.begun[name] = time.perf_counter()
        if len(self.begun) >= self._awaited:
            # What comes from the queue runs in a thread and a loop of DBOS's own.
            self._loop.call_soon_threadsafe(self._all.set)

    async def until(self, number: int) -> None:
        """Return when so many have begun."""
        self._awaited = number
        self._all.clear()
        if len(self.begun) < number:
            await self._all.wait()


async def measure(url: str) -> dict[str, float]:
    """Measure on one database."""
    work = Work()

    @DBOS.workflow(name="bench")
    async def workflow(name: str) -> None:
        await work.perform(name)

    async def queued(name: str, channel: str) -> None:
        with SetWorkflowID(name), SetEnqueueOptions(queue_partition_key=channel):
            await DBOS.enqueue_workflow_async(_QUEUE, workflow, name)

    async def started(name: str, _channel: str) -> None:
        with SetWorkflowID(name):
            await DBOS.start_workflow_async(workflow, name)

    found: dict[str, float] = {}
    async with launched(engine_url(url), "bench"):
        found["idle without a queue, % of a core"] = await _idle()
        found["started at once: start p50, ms"] = await _alone(work, started, "s")
        found["started at once: CPU each, ms"] = (await _many(work, started, "S"))[0]
        await DBOS.register_queue_async(
            _QUEUE, partition_concurrency=1, polling_interval_sec=_POLL_S
        )
        await asyncio.sleep(2.0)
        found["idle with a queue, % of a core"] = await _idle()
        found["queued: start p50, ms"] = await _alone(work, queued, "q")
        cpu_ms, wall_s = await _many(work, queued, "Q")
        found[f"queued: CPU each, {_AT_ONCE} in {_CHANNELS} channels, ms"] = cpu_ms
        found["queued: wall, s"] = wall_s
        found |= await _long(work, queued)
    return found


async def _idle() -> float:
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.sleep(_IDLE_S)
    return 100 * (time.process_time() - cpu) / (time.perf_counter() - wall)


async def _alone(work: Work, put: Put, prefix: str) -> float:
    """Return how long one takes to begin while nothing else is there, in milliseconds."""
    waits: list[float] = []
    for number in range(_ONE_BY_ONE):
        asked_at = time.perf_counter()
        await put(name := f"{prefix}{number}", name)
        await work.until(len(work.begun) + (name not in work.begun))
        waits.append(work.begun[name] - asked_at)
        # At no fixed moment of the queue's poll.
        await asyncio.sleep(0.05 + 0.001 * (number * 7 % 50))
    return 1000 * statistics.median(waits)


async def _many(work: Work, put: Put, prefix: str) -> tuple[float, float]:
    """Return milliseconds of CPU each, and seconds in all, of many at once."""
    before, cpu, wall = len(work.begun), time.process_time(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(_AT_ONCE):
            group.create_task(_once(put, f"{prefix}{number}", f"c{number % _CHANNELS}"))
    await work.until(before + _AT_ONCE)
    cpu_ms = 1000 * (time.process_time() - cpu) / _AT_ONCE
    return cpu_ms, time.perf_counter() - wall


async def _long(work: Work, put: Put) -> dict[str, float]:
    """Let 10,000 stand in line, and watch how fast they go."""
    before, cpu, wall = len(work.begun), time.process_time(), time.perf_counter()
    for start in range(0, _LONG_LINE, 500):
        names = range(start, start + 500)
        await asyncio.gather(*(put(f"L{n}", f"c{n % _LONG_CHANNELS}") for n in names))
    put_s = time.perf_counter() - wall
    try:
        async with asyncio.timeout(120):
            await work.until(before + _LONG_LINE)
    except TimeoutError:
        pass
    gone = len(work.begun) - before
    return {
        f"{_LONG_LINE} in {_LONG_CHANNELS} channels: put in line, s": put_s,
        "of them begun": gone,
        "wall, s": time.perf_counter() - wall,
        "CPU each, ms": 1000 * (time.process_time() - cpu) / gone,
    }


async def _once(put: Put, name: str, channel: str) -> None:
    await put(name, channel)


def _tell(what: str, figure: float) -> None:
    sys.stdout.write(f"{what:<60}{figure:>10.2f}\n")


def main() -> None:
    """Print the figures of one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    with databases(options.database) as made:
        found = asyncio.run(measure(made.new()))
    for what, figure in found.items():
        _tell(what, figure)


if __name__ == "__main__":
    main()

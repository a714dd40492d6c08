"""Samples what parts of the bot its CPU time goes to.

Now and then, in CPU time, every thread is asked how much it has used since and what it does: its
time goes to the innermost part of the bot that is at work in it, and outside of all parts to the
library. A profiler that traces calls would make small functions look expensive.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

# A sample takes some microseconds, so all of them a percent.
_EVERY_CPU_S = 0.002

# The first that fits; what fits none is asked for its caller.
_PARTS = {
    "bot.llm": "models, HTTP",
    "bot.metrics": "metrics",
    "bot.tracing": "metrics",
    "bot.council": "protocol",
    "bot.storage": "records",
    "bot.work.posts": "posts, chat",
    "bot.work.delivery": "posts, chat",
    "bot.work.drafts": "posts, chat",
    "bot.work.due": "posts, chat",
    "bot.work.live": "posts, chat",
    "bot.work.pinning": "posts, chat",
    "bot.reports": "posts, chat",
    "adapters": "posts, chat",
    "bot.work.line": "turns",
    "bot.work.notices": "turns",
    "bot.work.worker": "worker",
    "bot.work": "engine",
    "dbos": "engine",
    "bot.app": "app, team",
    "bot.team": "app, team",
    "tests.bench": "the bench",
}
_LIBRARIES = {
    "aiohttp": "models, HTTP",
    "httpx": "models, HTTP",
    "httpx_aiohttp": "models, HTTP",
    "sqlalchemy": "records",
    "psycopg": "records",
    "psycopg_pool": "records",
    "asyncio": "event loop",
    "selectors": "event loop",
}
_REST = "other"


class Sampler:
    """Attributes the CPU time between start and stop; a context, since it changes a signal."""

    def __init__(self, *, is_on: bool) -> None:
        self.found: defaultdict[str, float] = defaultdict(float)
        self._is_on = is_on
        self._used: dict[int, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin."""
        if not self._is_on:
            return
        self._used = {thread: _cpu_s(thread) for thread in _threads()}
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_CPU_S, _EVERY_CPU_S)

    def stop(self) -> None:
        """End."""
        if self._is_on:
            signal.setitimer(signal.ITIMER_PROF, 0.0)

    def _sample(self, _: int, frame: FrameType | None) -> None:
        frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] no other way
        ours = threading.get_ident()
        for thread in _threads():
            used_s = _cpu_s(thread)
            spent_s = used_s - self._used.get(thread, 0.0)
            self._used[thread] = used_s
            if spent_s > 0:
                at = frame if thread == ours else frames.get(thread)
                self.found[part_of(at)] += spent_s
        # What the sample itself took.
        self._used[ours] = _cpu_s(ours)


def part_of(frame: FrameType | None) -> str:
    """Return the part at work in a stack."""
    library = _REST
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        for prefix, part in _PARTS.items():
            if module == prefix or module.startswith(f"{prefix}."):
                return part
        if library in (_REST, "event loop"):
            library = _LIBRARIES.get(module.partition(".")[0], library)
        frame = frame.f_back
    return library


def _threads() -> list[int]:
    return [thread.ident for thread in threading.enumerate() if thread.ident is not None]


def _cpu_s(thread: int) -> float:
    with suppress(OSError, OverflowError):
        return time.clock_gettime(time.pthread_getcpuclockid(thread))
    return 0.0

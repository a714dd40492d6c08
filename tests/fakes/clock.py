"""Clocks for tests: an event loop whose clock jumps ahead when idle, and one moved by hand."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

_T = TypeVar("_T")


class _Jumping(selectors.DefaultSelector):
    """Waits no real time: it reports how long the loop wanted to sleep instead."""

    skipped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.skipped_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time; for code that waits for timers and tasks only, not for sockets."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return virtual seconds."""
        return self._jumping.skipped_s


def run(main: Coroutine[object, object, _T]) -> _T:
    """Run a coroutine on virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class HandClock:
    """A wall clock that stands still until its hands are moved, forward or back."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        """Move the hands."""
        self.now += by

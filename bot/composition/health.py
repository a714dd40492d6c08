"""Whether the process can do its work: a few checks by name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.errors import CouncilError

# Whoever asks waits for all checks at once, and not for long.
_LIMIT_S = 2.0
# Many may ask at the same time; what was found holds so long.
_HOLDS_S = 1.0
_SLOW = f"It did not answer within {_LIMIT_S:.0f} s."
_BROKEN = "It could not be checked; the log says why."
_STARTING = "The process is starting."
_ENDING = "The process ends and takes no new work."

Check = Callable[[], Awaitable[str | None]]
"""Returns None if all is well, else a sentence on what is wrong."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Health:
    """The checks of a process; `clock` tells seconds.

    It is not ready before `start`, nor after `end`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._process: str | None = _STARTING
        self._checks: dict[str, Check] = {}
        self._running: dict[str, asyncio.Task[str | None]] = {}
        self._looking = asyncio.Lock()
        self._looked_at: float | None = None
        self._found: Mapping[str, str | None] = {}

    def add(self, name: str, check: Check) -> None:
        """Look at this too from now on."""
        self._checks[name] = check
        self._looked_at = None

    def start(self) -> None:
        """Say that the process does its work from now on, unless it ends already."""
        if self._process == _STARTING:
            self._process = None

    def end(self) -> None:
        """Say that the process ends."""
        self._process = _ENDING

    async def look(self) -> Mapping[str, str | None]:
        """Return what is wrong, by check; None where all is well."""
        async with self._looking:
            now = self._clock()
            if self._looked_at is None or now - self._looked_at >= _HOLDS_S:
                self._found = await self._checked()
                self._looked_at = self._clock()
        return {"process": self._process, **self._found}

    async def close(self) -> None:
        """Give up what is still being looked at."""
        running = [task for task in self._running.values() if not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _checked(self) -> Mapping[str, str | None]:
        """Begin with all checks but those that hang since last time, and wait for a while."""
        for name, check in self._checks.items():
            known = self._running.get(name)
            if known is None or known.done():
                self._running[name] = asyncio.create_task(_outcome(name, check))
        if self._running:
            await asyncio.wait(self._running.values(), timeout=_LIMIT_S)
        return {
            name: task.result() if task.done() else _SLOW for name, task in self._running.items()
        }


async def _outcome(name: str, check: Check) -> str | None:
    try:
        return await check()
    except CouncilError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 a check that breaks must not hide the others
        log.warning("check broke off", check=name, error=type(error).__name__)
        return _BROKEN

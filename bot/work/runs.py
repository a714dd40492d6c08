"""The runs of deliberations: their names, those of this process, and who takes over which."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class RunId:
    """One attempt, at one epoch, of one deliberation; as text `DELIBERATION:EPOCH:ATTEMPT`."""

    deliberation_id: str
    epoch: int
    attempt: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it back from its text."""
        deliberation_id, epoch, attempt = text.rsplit(":", 2)
        return cls(deliberation_id, int(epoch), int(attempt))

    def __str__(self) -> str:
        return f"{self.deliberation_id}:{self.epoch}:{self.attempt}"

    @property
    def following(self) -> RunId:
        """The attempt that takes over when this one died."""
        return RunId(self.deliberation_id, self.epoch, self.attempt + 1)

    @property
    def preceding(self) -> RunId:
        """The attempt whose place this one takes."""
        return RunId(self.deliberation_id, self.epoch, self.attempt - 1)


def takeovers(dead: Iterable[RunId], living: Iterable[RunId]) -> tuple[RunId, ...]:
    """Return what to start in place of dead runs: one attempt for each deliberation.

    A crash during an earlier takeover leaves two dead runs of one deliberation, or a dead one
    beside its living successor; neither may become two runs.
    """
    taken = {run.deliberation_id for run in living}
    latest: dict[str, RunId] = {}
    for run in sorted(dead):
        if run.deliberation_id not in taken:
            latest[run.deliberation_id] = run
    return tuple(run.following for run in latest.values())


@dataclass(eq=False, slots=True)
class LocalRun:
    """A run in this process: `ended` when its work is over, `recorded` when the engine knows it."""

    id: RunId
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    recorded: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None
    _has_begun: bool = False
    _is_stopping: bool = False

    async def perform(self, work: Coroutine[None, None, None]) -> None:
        """Do the work. Raises `CancelledError` if it is stopped."""
        self._task = asyncio.create_task(self._begin(work))
        try:
            await self._task
        finally:
            self.ended.set()

    def stop(self) -> None:
        """Cancel it; once only, since it may say goodbye after that."""
        if not self._is_stopping and self._has_begun and self._task is not None:
            self._task.cancel()
        self._is_stopping = True

    async def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._has_begun = True
        task = asyncio.current_task()
        if self._is_stopping and task is not None:
            # Stopped before it began, it may say goodbye as well.
            task.cancel()
        await work

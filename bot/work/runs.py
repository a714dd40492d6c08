"""The runs of deliberations: their names, those of this process, and who takes over which."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

# How long a run that was told to stop may take to say goodbye.
_GOODBYE_S = 10.0


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
    _is_stopping: bool = False

    async def perform(self, task: asyncio.Task[None]) -> None:
        """Wait for the task that does the work; a cancellation reaches it once, however many come.

        It may say goodbye after the first one, and is not interrupted again while it does.
        """
        self._task = task
        if self._is_stopping:
            task.cancel()
        try:
            await asyncio.wait({task})
            task.result()
        except asyncio.CancelledError:
            self.stop()
            await _let_finish(task)
            raise
        finally:
            self.ended.set()

    def stop(self) -> None:
        """Cancel it, unless that has happened already."""
        if self._is_stopping:
            return
        self._is_stopping = True
        if self._task is not None:
            self._task.cancel()


async def _let_finish(task: asyncio.Task[None]) -> None:
    deadline = asyncio.get_running_loop().time() + _GOODBYE_S
    while not task.done() and (left := deadline - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            continue  # the caller raises the first one again

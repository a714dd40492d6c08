"""DBOS, so that a run that was started is finished, whoever dies.

A run is one DBOS workflow, and its only input is the deliberation's id: the checkpoints are our own
rows. It has no DBOS step, which would cost as much again.

`bot.work.line` tells what to stop, also when it was cancelled by another process.

Taking over from a dead process starts the next attempt here and then deletes the dead one's
workflow. A crash between the two leaves both, and the next takeover sees one run in them. So
nothing waits for DBOS's queue, which is polled once a second.
"""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Self, cast

import structlog
from dbos import DBOS, SetWorkflowID, WorkflowStatus

from bot.domain import Turn
from bot.errors import StorageError
from bot.work import workflows
from bot.work.database import engine_url, liveness_of
from bot.work.launch import launched
from bot.work.runs import LocalRun, RunId, takeovers

# Attempts in a row that died with their process; the next one would most likely die as well.
_MAX_ATTEMPTS = 5
_SWEEP_EVERY_S = 5.0
_CLOSING_S = 5.0

Runner = Callable[[str], Awaitable[None]]
Body = Callable[[str], Coroutine[None, None, None]]

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class DbosEngine:
    """Runs deliberations durably on SQLite or PostgreSQL; an async context manager, one a process.

    `run` works on a deliberation and must be able to take it up where another left it. `give_up`
    is called in its place when five attempts in a row died with their process. `platforms` are
    those whose deliberations this process can run; what it takes over from dead ones is of these.
    `on_end` is called whenever a run has ended. All methods raise `StorageError`.
    """

    def __init__(
        self,
        url: str,
        run: Runner,
        *,
        give_up: Runner,
        platforms: Sequence[str] = ("console",),
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self._url = engine_url(url)
        self._run = run
        self._give_up = give_up
        self._on_end = on_end
        self.executor_id = f"{socket.gethostname()}-{uuid.uuid4()}"
        self._liveness = liveness_of(self._url, self.executor_id)
        self._runs: dict[RunId, LocalRun] = {}
        self._recorded: list[str] = []
        self._stack = AsyncExitStack()
        self._platforms = tuple(platforms)
        self._workflows: dict[str, Body] = {}

    async def __aenter__(self) -> Self:
        for platform in self._platforms:
            name = workflows.name_of(platform)
            self._workflows[name] = _registered(self._perform, name)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._liveness)
            await stack.enter_async_context(launched(self._url, self.executor_id))
            sweep = workflows.repeated(_SWEEP_EVERY_S, self._sweep)
            await stack.enter_async_context(sweep)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop what runs here, leaving it to the next process, and close."""
        for run in self._runs.values():
            run.stop()
        # A database that is away must not keep the process from ending.
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_S):
                for run in tuple(self._runs.values()):
                    await run.recorded.wait()
        async with self._stack:
            with suppress(StorageError):
                await self._sweep()

    @property
    def running(self) -> tuple[str, ...]:
        """The deliberations that run in this process."""
        return tuple(run.id.deliberation_id for run in self._runs.values())

    async def start(self, turn: Turn) -> None:
        """Start the run of this epoch; a second start of it, wherever, changes nothing."""
        name = workflows.name_of(turn.tenant.platform)
        await self._start(RunId(turn.deliberation_id, turn.epoch), name)

    async def wait(self, deliberation_id: str) -> None:
        """Return when no run of this deliberation is left in this process."""
        while runs := self._local(deliberation_id):
            await runs[0].ended.wait()

    async def stop(self, deliberation_id: str) -> None:
        """Stop its runs in this process for good, and return when they have said goodbye."""
        runs = self._local(deliberation_id)
        for run in runs:
            run.stop()
        for run in runs:
            await run.recorded.wait()
        await workflows.forget([str(run.id) for run in runs])

    async def recover(self, most: int) -> tuple[str, ...]:
        """Take over what dead processes left unfinished, at most so many runs.

        Returns the deliberations' ids.
        """
        async with self._liveness.recovering() as is_ours:
            if not is_ours:
                return ()
            pending = await workflows.pending(names=tuple(self._workflows))
            names = {RunId.parse(found.workflow_id): found.name for found in pending}
            dead, living = await self._sorted(pending)
            following = takeovers(dead, living)
            left = {run.deliberation_id for run in following[max(0, most) :]}
            following = following[: max(0, most)]
            for run in following:
                await self._start(run, names[run.preceding])
            await workflows.forget([str(run) for run in dead if run.deliberation_id not in left])
        await workflows.forget_ended()
        return tuple(run.deliberation_id for run in following)

    async def is_running(self, deliberation_id: str) -> bool:
        """Say whether a living process runs it."""
        if self._local(deliberation_id):
            return True
        pending = await workflows.pending(f"{deliberation_id}:")
        others = [workflow for workflow in pending if workflow.executor_id != self.executor_id]
        _, living = await self._sorted(others)
        return bool(living)

    async def is_alive(self, executor_id: str) -> bool:
        """Say whether the process with this executor id still runs."""
        return await self._liveness.is_alive(executor_id)

    async def unfinished(self) -> frozenset[str]:
        """Return the deliberations that have a run, be its process alive or dead."""
        pending = await workflows.pending(names=tuple(self._workflows))
        return frozenset(RunId.parse(each.workflow_id).deliberation_id for each in pending)

    async def idle(self) -> None:
        """Return when this process runs nothing any more."""
        while runs := [run for run in self._runs.values() if not run.ended.is_set()]:
            await runs[0].ended.wait()

    def _local(self, deliberation_id: str) -> list[LocalRun]:
        return [
            run
            for run in self._runs.values()
            if run.id.deliberation_id == deliberation_id and not run.ended.is_set()
        ]

    async def _start(self, run_id: RunId, name: str) -> None:
        if run_id in self._runs:
            return
        run = self._runs[run_id] = LocalRun(run_id)
        future: asyncio.Future[None] | None = None
        try:
            with SetWorkflowID(str(run_id)):
                call = DBOS.start_workflow_async(self._workflows[name], run_id.deliberation_id)
                handle = await workflows.asked(call)
            # Only the handle of a workflow that runs in this process has a task.
            future = cast("asyncio.Future[None] | None", getattr(handle, "task", None))
        finally:
            if future is None:
                del self._runs[run_id]
        if future is not None:
            future.add_done_callback(partial(self._record, run))

    def _record(self, run: LocalRun, future: asyncio.Future[None]) -> None:
        del self._runs[run.id]
        run.ended.set()
        run.recorded.set()
        self._on_end()
        # A cancelled one is still needed, for the next process.
        if not future.cancelled():
            future.exception()
            self._recorded.append(str(run.id))

    async def _perform(self, deliberation_id: str) -> None:
        run_id = RunId.parse(DBOS.workflow_id or "")
        work = self._run if run_id.attempt <= _MAX_ATTEMPTS else self._give_up
        await self._runs[run_id].perform(_quietly(work, deliberation_id))

    async def _sweep(self) -> None:
        recorded, self._recorded = self._recorded, []
        await workflows.forget(recorded)

    async def _sorted(
        self, pending: Iterable[WorkflowStatus]
    ) -> tuple[tuple[RunId, ...], tuple[RunId, ...]]:
        """Part the runs of dead processes from those of living ones."""
        by_executor: dict[str, list[RunId]] = {}
        for workflow in pending:
            runs = by_executor.setdefault(workflow.executor_id or "", [])
            runs.append(RunId.parse(workflow.workflow_id))
        dead: list[RunId] = []
        living: list[RunId] = []
        for executor_id, runs in by_executor.items():
            (living if await self._liveness.is_alive(executor_id) else dead).extend(runs)
        return tuple(dead), tuple(living)


def _registered(body: Body, name: str) -> Body:
    # DBOS takes a bound method for a class of workflows; this is one function.
    async def workflow(deliberation_id: str) -> None:
        await body(deliberation_id)

    return DBOS.workflow(name=name, max_recovery_attempts=_MAX_ATTEMPTS)(workflow)


async def _quietly(work: Runner, deliberation_id: str) -> None:
    try:
        await work(deliberation_id)
    except Exception as error:  # noqa: BLE001 DBOS would store the exception, its text included
        log.warning("run broke off", deliberation=deliberation_id, error=type(error).__name__)

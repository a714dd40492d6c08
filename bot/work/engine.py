"""DBOS behind our `Work` port: a deliberation that was started is finished, whoever dies.

A run is one DBOS workflow of one preemptible step, and its only input is the deliberation's id: the
checkpoints are our own rows. Taking over from a dead process starts the next attempt here and
then deletes the dead one's workflow; a crash between the two leaves both, and the next takeover
sees one run in them. So nothing waits for DBOS's queue, which is polled once a second.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self, TypeVar, cast

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig, SetWorkflowID, WorkflowStatus
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from bot.domain import Deliberation
from bot.errors import StorageError
from bot.work.database import SCHEMA, connect, engine_url, liveness_of
from bot.work.runs import LocalRun, RunId, takeovers

# A constant: with rows as checkpoints every version can finish what another one began.
_VERSION = "council-1"
# Attempts in a row that died with their process; the next one would most likely die as well.
_MAX_ATTEMPTS = 5
_THREADS = 16
# DBOS repeats a failing statement for ever; a caller wants to hear that the database is away.
_PATIENCE_S = 30.0
_POLL_S = 0.25
# DBOS sleeps this long between looks at things that nobody here uses, and closing waits for it.
_IDLE_POLL_S = 0.1
_SWEEP_EVERY_S = 5.0
_SWEEP_BATCH = 200
# A cancelled workflow must stay until its process has seen that; it looks once a second.
_KEEP_ENDED = timedelta(minutes=5)
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

Runner = Callable[[str], Awaitable[None]]
Body = Callable[[str], Coroutine[None, None, None]]
T = TypeVar("T")

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class DbosEngine:
    """Runs deliberations durably on SQLite or PostgreSQL; an async context manager, one a process.

    `run` works on a deliberation and must be able to take it up where another left it. `give_up`
    is called in its place when five attempts in a row died with their process.
    """

    def __init__(self, url: str, run: Runner, *, give_up: Runner) -> None:
        self._url = engine_url(url)
        self._run = run
        self._give_up = give_up
        self._executor_id = f"{socket.gethostname()}-{uuid.uuid4()}"
        self._liveness = liveness_of(self._url, self._executor_id)
        self._runs: dict[RunId, LocalRun] = {}
        self._ended: list[str] = []
        self._stack = AsyncExitStack()
        self._workflow: Body = self._step

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._liveness)
            await stack.enter_async_context(self._launched())
            await stack.enter_async_context(self._sweeping())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop what runs here, leaving it to the next process, and close."""
        for run in self._runs.values():
            run.stop()
        for run in tuple(self._runs.values()):
            await run.recorded.wait()
        await self._stack.aclose()

    async def start(self, deliberation: Deliberation) -> None:
        """Start the run of this epoch; a second start of it changes nothing."""
        await self._start(RunId(deliberation.id, deliberation.epoch))

    async def wait(self, deliberation_id: str) -> None:
        """Return when no run of this deliberation is left here or in another process."""
        is_running = not (runs := self._local(deliberation_id))
        while runs:
            # Whoever runs it here took it up last, so no other process has it.
            await runs[0].ended.wait()
            runs = self._local(deliberation_id)
        while is_running:
            is_running = await self.is_running(deliberation_id)
            await asyncio.sleep(_POLL_S if is_running else 0)

    async def cancel(self, deliberation_id: str) -> None:
        """Stop its runs: those here at once, those of other processes within about a second."""
        rows = await _asked(self._pending(f"{deliberation_id}:"))
        if rows:
            await _asked(DBOS.cancel_workflows_async([row.workflow_id for row in rows]))
        runs = self._local(deliberation_id)
        for run in runs:
            run.stop()
        for run in runs:
            await run.ended.wait()

    async def recover(self) -> tuple[str, ...]:
        """Take over what dead processes left unfinished; return the deliberations' ids."""
        async with self._liveness.recovering() as is_ours:
            if not is_ours:
                return ()
            dead, living = await self._sorted(await _asked(self._pending("")))
            following = takeovers(dead, living)
            for run in following:
                await self._start(run)
            await _asked(_forget([str(run) for run in dead]))
        await _asked(_forget_ended())
        return tuple(run.deliberation_id for run in following)

    async def is_running(self, deliberation_id: str) -> bool:
        """Say whether a living process runs it."""
        if self._local(deliberation_id):
            return True
        rows = await _asked(self._pending(f"{deliberation_id}:"))
        others = [row for row in rows if row.executor_id != self._executor_id]
        return bool((await self._sorted(others))[1])

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

    async def _start(self, run_id: RunId) -> None:
        if run_id in self._runs:
            return
        run = self._runs[run_id] = LocalRun(run_id)
        future: asyncio.Future[None] | None = None
        try:
            with SetWorkflowID(str(run_id)):
                call = DBOS.start_workflow_async(self._workflow, run_id.deliberation_id)
                handle = await _asked(call)
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
        # A cancelled one is still needed: for the next process, or to be seen as cancelled.
        if not future.cancelled():
            future.exception()
            self._ended.append(str(run.id))

    async def _step(self, deliberation_id: str) -> None:
        run_id = RunId.parse(DBOS.workflow_id or "")
        work = self._run if run_id.attempt <= _MAX_ATTEMPTS else self._give_up
        await self._runs[run_id].perform(asyncio.create_task(_quietly(work, deliberation_id)))

    async def _pending(self, prefix: str) -> list[WorkflowStatus]:
        return await DBOS.list_workflows_async(
            status="PENDING",
            app_version=_VERSION,
            workflow_id_prefix=prefix or None,
            load_input=False,
            load_output=False,
        )

    async def _sorted(
        self, rows: Iterable[WorkflowStatus]
    ) -> tuple[tuple[RunId, ...], tuple[RunId, ...]]:
        """Part the runs of dead processes from those of living ones."""
        by_executor: dict[str, list[RunId]] = {}
        for row in rows:
            runs = by_executor.setdefault(row.executor_id or "", [])
            runs.append(RunId.parse(row.workflow_id))
        dead: list[RunId] = []
        living: list[RunId] = []
        for executor_id, runs in by_executor.items():
            (living if await self._liveness.is_alive(executor_id) else dead).extend(runs)
        return tuple(dead), tuple(living)

    @asynccontextmanager
    async def _launched(self) -> AsyncGenerator[None]:
        engine = connect(self._url)
        with _quiet_logging():
            try:
                DBOS(config=self._config(engine))
                self._workflow = _registered(self._step)
                await _asked(asyncio.to_thread(DBOS.launch))
                yield
            finally:
                # DBOS made its own threads the loop's default; they end here, the loop goes on.
                asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
                await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
                engine.dispose()

    def _config(self, engine: sa.Engine) -> DBOSConfig:
        return DBOSConfig(
            name="council",
            system_database_engine=engine,
            system_database_url=self._url.render_as_string(hide_password=False),
            dbos_system_schema=SCHEMA,
            executor_id=self._executor_id,
            application_version=_VERSION,
            max_executor_threads=_THREADS,
            notification_listener_polling_interval_sec=_IDLE_POLL_S,
            log_level="ERROR",
            enable_otlp=False,
        )

    @asynccontextmanager
    async def _sweeping(self) -> AsyncGenerator[None]:
        sweeper = asyncio.create_task(self._sweep_for_ever())
        try:
            yield
        finally:
            sweeper.cancel()
            await asyncio.wait({sweeper})
            with suppress(StorageError):
                await self._sweep()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_EVERY_S)
            with suppress(StorageError):
                await self._sweep()

    async def _sweep(self) -> None:
        while batch := self._ended[:_SWEEP_BATCH]:
            await _asked(_forget(batch))
            del self._ended[: len(batch)]


def _registered(step: Body) -> Body:
    async def workflow(deliberation_id: str) -> None:
        await DBOS.run_step_async({"name": "run", "preemptible": True}, step, deliberation_id)

    return DBOS.workflow(name="council", max_recovery_attempts=_MAX_ATTEMPTS)(workflow)


async def _quietly(work: Runner, deliberation_id: str) -> None:
    try:
        await work(deliberation_id)
    except Exception as error:  # noqa: BLE001 DBOS would store the exception, its text included
        log.warning("run broke off", deliberation=deliberation_id, error=type(error).__name__)


async def _forget(workflow_ids: list[str]) -> None:
    if workflow_ids:
        await DBOS.delete_workflows_async(workflow_ids)


async def _forget_ended() -> None:
    before = (datetime.now(UTC) - _KEEP_ENDED).isoformat()
    rows = await DBOS.list_workflows_async(
        status=_ENDED,
        completed_before=before,
        limit=_SWEEP_BATCH,
        load_input=False,
        load_output=False,
    )
    await _forget([row.workflow_id for row in rows])


async def _asked(call: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await call
    except (SQLAlchemyError, dbos_error.DBOSException, OSError) as error:
        message = "The database of running work cannot be used right now; try again in a moment."
        raise StorageError(message) from error


class _Rerouted(logging.Handler):
    """Passes on where DBOS complained, never what about: its messages hold foreign texts."""

    def emit(self, record: logging.LogRecord) -> None:
        log.debug("engine", level=record.levelname, at=f"{record.module}:{record.lineno}")


@contextmanager
def _quiet_logging() -> Generator[None]:
    logger, handler = logging.getLogger("dbos"), _Rerouted()
    # DBOS adds a handler that writes to the terminal unless there is one already.
    logger.addHandler(handler)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates

"""What we ask of DBOS about its workflows, with its errors translated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar

from dbos import DBOS, WorkflowStatus
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StorageError

# A constant: with rows as checkpoints every version can finish what another one began.
VERSION = "council-1"

# DBOS repeats a failing statement for ever; a caller wants to hear that the database is away.
_PATIENCE_S = 30.0
_SWEEP_EVERY_S = 5.0
_BATCH = 200
# A cancelled workflow must stay until its process has seen that; it looks once a second.
_KEEP_ENDED = timedelta(minutes=5)
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

T = TypeVar("T")


async def asked(call: Awaitable[T]) -> T:
    """Await a call to DBOS. Raises `StorageError`."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await call
    except (SQLAlchemyError, dbos_error.DBOSException, OSError) as error:
        message = "The database of running work cannot be used right now; try again in a moment."
        raise StorageError(message) from error


async def pending(prefix: str = "") -> list[WorkflowStatus]:
    """Return the workflows that have not ended, whoever runs them."""
    return await asked(
        DBOS.list_workflows_async(
            status="PENDING",
            app_version=VERSION,
            workflow_id_prefix=prefix or None,
            load_input=False,
            load_output=False,
        )
    )


async def cancel(workflow_ids: list[str]) -> None:
    """Cancel workflows; their processes notice within about a second."""
    if workflow_ids:
        await asked(DBOS.cancel_workflows_async(workflow_ids))


async def forget(workflow_ids: list[str]) -> None:
    """Delete workflows."""
    if workflow_ids:
        await asked(DBOS.delete_workflows_async(workflow_ids))


async def forget_ended() -> None:
    """Delete some of what ended a while ago and was left by a process that did not come to it."""
    listed = DBOS.list_workflows_async(
        status=_ENDED,
        completed_before=(datetime.now(UTC) - _KEEP_ENDED).isoformat(),
        limit=_BATCH,
        load_input=False,
        load_output=False,
    )
    await forget([workflow.workflow_id for workflow in await asked(listed)])


class Sweeper:
    """Deletes workflows that ended here, in batches now and then; an async context manager."""

    def __init__(self) -> None:
        self._ended: list[str] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._sweep_for_ever())
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._sweep()

    def add(self, workflow_id: str) -> None:
        """Take a workflow that is not needed any more."""
        self._ended.append(workflow_id)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_EVERY_S)
            await self._sweep()

    async def _sweep(self) -> None:
        # What cannot be deleted now is deleted later, by whoever comes to it.
        with suppress(StorageError):
            while batch := self._ended[:_BATCH]:
                await forget(batch)
                del self._ended[: len(batch)]

"""What we ask of DBOS about its workflows, with its errors translated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from dbos import DBOS, WorkflowStatus
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from bot.beside import running
from bot.errors import StorageError

# A constant: with rows as checkpoints every version can finish what another one began.
VERSION = "council-1"
NAME = "council"

# DBOS repeats a failing statement for ever; a caller wants to hear that the database is away.
_PATIENCE_S = 30.0
_BATCH = 200
# Its own process deletes what has ended within seconds, unless it dies.
_KEEP_ENDED = timedelta(minutes=1)
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


def name_of(platform: str) -> str:
    """Return the name of the workflows of one platform's deliberations.

    Only a process that has that platform's chat can finish them, and takes them over.
    """
    return f"{NAME}-{platform}"


async def pending(prefix: str = "", names: Sequence[str] | None = None) -> list[WorkflowStatus]:
    """Return the workflows that have not ended, whoever runs them; of these names only if given."""
    return await asked(
        DBOS.list_workflows_async(
            status="PENDING",
            name=None if names is None else list(names),
            app_version=VERSION,
            workflow_id_prefix=prefix or None,
            load_input=False,
            load_output=False,
        )
    )


async def forget(workflow_ids: list[str]) -> None:
    """Delete workflows."""
    for start in range(0, len(workflow_ids), _BATCH):
        await asked(DBOS.delete_workflows_async(workflow_ids[start : start + _BATCH]))


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


@asynccontextmanager
async def repeated(every_s: float, call: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Make a call now and then while the context is open; one that fails is made again later."""
    async with running(_repeat(every_s, call)):
        yield


async def _repeat(every_s: float, call: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(every_s)
        with suppress(StorageError):
            await call()

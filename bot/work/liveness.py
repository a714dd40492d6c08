"""Tell the dead processes from the living: whoever runs holds a lock that ends with it."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from pathlib import Path
from typing import LiteralString, Protocol, Self

import psycopg
import structlog

from bot.errors import StorageError

# A takeover lasts milliseconds; whoever waits longer than this leaves it to the next start.
_RECOVERY_ATTEMPTS = 100
_RECOVERY_POLL_S = 0.05
# How long a lost lock session goes unnoticed; meanwhile the epochs keep two workers apart.
_SESSION_CHECK_S = 1.0
# When a server starts, no process has its lock yet, though it may live: by then each has.
_GRACE_S = 5
_GRACE_POLL_S = 0.2

_LOCK = "SELECT pg_advisory_lock(%s)"
_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_UNLOCK = "SELECT pg_advisory_unlock(%s)"
_TRY_SHARED_LOCK = "SELECT pg_try_advisory_lock_shared(%s)"
_UNLOCK_SHARED = "SELECT pg_advisory_unlock_shared(%s)"
_PROBE = "SELECT %s = 0"
_IS_SETTLED = "SELECT clock_timestamp() - pg_postmaster_start_time() > make_interval(secs => %s)"

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Liveness(Protocol):
    """Which executors live. An async context manager: while it is open, its own executor lives."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exc: object) -> None: ...

    async def is_alive(self, executor_id: str) -> bool:
        """Say whether the process with this executor id still runs."""
        ...

    def recovering(self) -> AbstractAsyncContextManager[bool]:
        """Hold the right to take over the work of the dead; one process has it at a time.

        Yields False if another process would not let go of it.
        """
        ...


class FileLiveness:
    """One locked file for each process, in a folder that all of them see."""

    def __init__(self, folder: Path, executor_id: str) -> None:
        self._folder = folder
        self._executor_id = executor_id
        self._lock: int | None = None

    async def __aenter__(self) -> Self:
        with self._translated():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = self._lock_own_file()
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._lock is not None:
            self._path(self._executor_id).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    async def is_alive(self, executor_id: str) -> bool:
        """Say whether the process with this executor id still runs."""
        with self._translated():
            return self._is_held(self._path(executor_id))

    @asynccontextmanager
    async def recovering(self) -> AsyncGenerator[bool, None]:
        """Hold the right to take over the work of the dead, and sweep their files away."""
        with self._translated():
            descriptor = os.open(self._folder / "recovery", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            is_ours = await _patiently(partial(_try_lock_async, descriptor))
            yield is_ours
            if is_ours:
                with self._translated():
                    self._sweep()
        finally:
            os.close(descriptor)

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            message = f"The folder {self._folder} cannot be written; make it writable."
            raise StorageError(message) from error

    def _path(self, executor_id: str) -> Path:
        return self._folder / f"{executor_id}.alive"

    def _lock_own_file(self) -> int:
        # Locked under another name first: nobody may see the file unlocked and take us for dead.
        draft = self._folder / f"{self._executor_id}.draft"
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft.rename(self._path(self._executor_id))
        return descriptor

    def _sweep(self) -> None:
        for path in self._folder.glob("*.alive"):
            if not self._is_held(path):
                path.unlink(missing_ok=True)

    def _is_held(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            # Shared, so that two who look at the same moment do not take each other for the owner.
            return not _try_lock(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)


class PostgresLiveness:
    """One advisory lock for each process, held by a session of its own.

    The session must be a direct one: a pooler that shares sessions between clients would share
    the locks too.
    """

    def __init__(self, url: str, executor_id: str) -> None:
        self._url = url
        self._executor_id = executor_id
        self._session: psycopg.AsyncConnection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._recovery = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            await self._open_session()
        except psycopg.Error as error:
            message = "The PostgreSQL server cannot be reached; check COUNCIL_DATABASE_URL."
            raise StorageError(message) from error
        self._keeper = asyncio.create_task(self._keep_session())
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        # The server notices a closed session a little later; the lock must be free at once.
        with suppress(StorageError):
            await self._ask(_UNLOCK, _lock_number(self._executor_id))
        await self._close_session()

    async def is_alive(self, executor_id: str) -> bool:
        """Say whether the process with this executor id still runs."""
        if executor_id == self._executor_id:
            return True
        lock = _lock_number(executor_id)
        # Shared, so that two who look at the same moment do not take each other for the owner.
        if not await self._ask(_TRY_SHARED_LOCK, lock):
            return True
        await self._ask(_UNLOCK_SHARED, lock)
        return False

    @asynccontextmanager
    async def recovering(self) -> AsyncGenerator[bool, None]:
        """Hold the right to take over the work of the dead; the living are heard of by then."""
        while not await self._ask(_IS_SETTLED, _GRACE_S):  # noqa: ASYNC110 the server tells nobody
            await asyncio.sleep(_GRACE_POLL_S)
        lock = _lock_number("recovery")
        # A session may take its own lock twice, so within this process the asyncio lock decides.
        async with self._recovery:
            is_ours = await _patiently(partial(self._ask, _TRY_LOCK, lock))
            try:
                yield is_ours
            finally:
                if is_ours:
                    await self._ask(_UNLOCK, lock)

    async def _ask(self, statement: LiteralString, lock: int) -> bool:
        if self._session is None:
            message = "The PostgreSQL server cannot be reached right now."
            raise StorageError(message)
        try:
            cursor = await self._session.execute(statement, (lock,))
            row = await cursor.fetchone()
        except psycopg.Error as error:
            message = "The PostgreSQL server cannot be reached right now."
            raise StorageError(message) from error
        return bool(row and row[0])

    async def _open_session(self) -> None:
        self._session = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=10, application_name="council liveness"
        )
        await self._session.execute(_LOCK, (_lock_number(self._executor_id),))

    async def _close_session(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _keep_session(self) -> None:
        """Take the lock again in a new session whenever the old one is lost."""
        while True:
            await asyncio.sleep(_SESSION_CHECK_S)
            try:
                await self._ask(_PROBE, 0)
            except StorageError:
                log.warning("liveness session lost")
                with suppress(psycopg.Error):
                    await self._close_session()
                    await self._open_session()


async def _patiently(attempt: Callable[[], Awaitable[bool]]) -> bool:
    for _ in range(_RECOVERY_ATTEMPTS):
        if await attempt():
            return True
        await asyncio.sleep(_RECOVERY_POLL_S)
    return False


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _try_lock_async(descriptor: int) -> bool:
    return _try_lock(descriptor, fcntl.LOCK_EX)


def _lock_number(name: str) -> int:
    digest = hashlib.sha256(f"council:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)

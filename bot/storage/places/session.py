"""The session with PostgreSQL whose advisory locks are this process's places.

Place `k` (from 1) of key `n` is the lock `(n, k)`. Whoever wants `m` more of them shows it by
holding the lock `(n, -m)`, shared. The server lets go of all of them with the session.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow

from bot.errors import StorageError
from bot.storage.places.pool import Other

# So long after the server's last answer places may be used without asking it again; less than any
# time after which it would end our session.
_SURE_S = 5.0
_SHORTEST_SILENCE_S = 60.0

_SILENCE = """
    SELECT set_config(name, %s, false) FROM pg_settings WHERE name = 'idle_session_timeout'
"""
_LOCK = """
    SELECT place FROM generate_series(1, %s::int) place
    WHERE place <> ALL (%s::int[]) AND pg_try_advisory_lock(%s::int, place) LIMIT %s
"""
_LOCK_AGAIN = "SELECT place FROM unnest(%s::int[]) place WHERE pg_try_advisory_lock(%s::int, place)"
_UNLOCK = "SELECT pg_advisory_unlock(%s::int, place) FROM unnest(%s::int[]) place"
_TELL = """
    SELECT CASE WHEN before > 0 THEN pg_advisory_unlock_shared(key, -before) END,
        CASE WHEN wanted > 0 THEN pg_try_advisory_lock_shared(key, -wanted) END
    FROM (VALUES (%s::int, %s::int, %s::int)) told (key, before, wanted)
"""
# A lock's numbers come as if they had no sign.
_OTHERS = """
    SELECT classid::bigint::bit(32)::int, count(*) FILTER (WHERE objid::bigint < 2147483648),
        coalesce(sum(4294967296 - objid::bigint) FILTER (WHERE objid::bigint >= 2147483648), 0)
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = ANY (SELECT number::bit(32)::bigint::oid FROM unnest(%s::int[]) number)
    GROUP BY classid, pid
"""


class LockSession:
    """A session of our own; no pooler may share it between clients. Raises `StorageError`.

    `silence_s`: the server gives its locks to others after so long without a word from us, since
    we may be stopped, or cut off. `on_news` is called when the server says something unasked; it
    hardly ever does but to end the session.
    """

    def __init__(self, address: str, silence_s: float, on_news: Callable[[], None]) -> None:
        self._address = address
        self._on_news = on_news
        self._silence_s = max(silence_s, _SHORTEST_SILENCE_S)
        self._connection: psycopg.AsyncConnection | None = None
        self._socket = select.poll()
        self._heard_at = 0.0

    @property
    def is_open(self) -> bool:
        """There is a session, unless the server has ended it."""
        return self._connection is not None

    def is_sure(self) -> bool:
        """Say whether our locks are ours beyond doubt: all was well just now, and it still is.

        A server that ends a session says so, at the latest by closing it.
        """
        if self._connection is None or self._now() - self._heard_at > _SURE_S:
            return False
        return not self._socket.poll(0)

    async def open(self) -> None:
        """Begin a session; it has no locks."""
        sent_at = self._now()
        with _translated():
            self._connection = connection = await psycopg.AsyncConnection.connect(
                self._address,
                autocommit=True,
                connect_timeout=5,
                application_name="council places",
                options="-c statement_timeout=5000",
                tcp_user_timeout=5000,
                keepalives_idle=10,
            )
            self._socket = select.poll()
            self._socket.register(connection.pgconn.socket, select.POLLIN)
            await connection.execute(_SILENCE, (f"{self._silence_s:.0f}s",))
        self._heard_at = sent_at
        self._listen()

    async def close(self) -> None:
        """End the session, if there is one, and so let go of all locks."""
        if self._connection is not None:
            self._listen(is_over=True)
            connection, self._connection = self._connection, None
            await connection.close()

    async def lock(self, key: int, most: int, ours: Sequence[int], wanted: int) -> list[int]:
        """Take as many free places of a key as there are of those wanted; say which."""
        rows = await self._ask(_LOCK, most, list(ours), key, wanted)
        return [row[0] for row in rows]

    async def lock_again(self, key: int, places: Sequence[int]) -> list[int]:
        """Take those of these places that are free; say which."""
        return [row[0] for row in await self._ask(_LOCK_AGAIN, list(places), key)]

    async def unlock(self, key: int, places: Sequence[int]) -> None:
        """Let go of places."""
        await self._ask(_UNLOCK, key, list(places))

    async def tell(self, key: int, before: int, wanted: int) -> None:
        """Show others how many more places we want, in place of what was shown before."""
        await self._ask(_TELL, key, before, wanted)

    async def others(self, keys: Sequence[int]) -> Mapping[int, list[Other]]:
        """Look who else has or wants places of these keys."""
        found: dict[int, list[Other]] = {key: [] for key in keys}
        for key, has, wants in await self._ask(_OTHERS, list(keys)):
            found[key].append(Other(int(has), int(wants)))
        return found

    async def _ask(self, statement: LiteralString, *values: object) -> list[TupleRow]:
        if self._connection is None:
            message = "The database server broke off the connection."
            raise StorageError(message)
        sent_at = self._now()
        with _translated():
            cursor = await self._connection.execute(statement, values)
            rows = await cursor.fetchall()
        self._heard_at = sent_at
        self._listen()
        return rows

    def _listen(self, *, is_over: bool = False) -> None:
        """Hear what is said next; while it asks, the driver listens in our place."""
        if self._connection is None or self._connection.closed:
            return
        loop, socket = asyncio.get_running_loop(), self._connection.pgconn.socket
        if is_over:
            loop.remove_reader(socket)
        else:
            loop.add_reader(socket, self._hear)

    def _hear(self) -> None:
        self._listen(is_over=True)
        self._on_news()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (psycopg.Error, OSError) as error:
        message = "The database server cannot be reached or broke off the connection."
        raise StorageError(message) from error

"""Places that all processes on one PostgreSQL server share, without asking it for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy import URL

from bot.errors import StorageError
from bot.storage.places.pool import Held, Pool
from bot.storage.places.session import LockSession

# How soon one sees that others want places: while some are free they need not be seen to.
_LOOK_S = 0.25
_CALM_LOOK_S = 1.0
# How soon one asks again when there was no place; whoever has some already is in less of a hurry.
_POLL_S = 0.05
_SLOW_POLL_S = 0.2
# After a lost session all try to take back the places that they had, before anyone takes new ones;
# whoever waits for nothing sees only with the next look that it is lost.
_GRACE_S = 2 * _CALM_LOOK_S
_AGAIN_S = 0.25
# A session that nobody has needed for so long is closed.
_UNUSED_S = 30.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def open_places(address: URL, *, longest_s: float) -> AsyncGenerator[PostgresPlaces]:
    """Open the places on a PostgreSQL server; it is connected to when a place is first wanted.

    Whoever says nothing for longer than `longest_s`, the longest that anyone uses a place, is
    taken for dead.
    """
    direct = address.set(drivername="postgresql").render_as_string(hide_password=False)
    places = PostgresPlaces(direct, longest_s)
    try:
        yield places
    finally:
        await places.close()


class PostgresPlaces:
    """Implements `bot.ports.Places` with locks of one session.

    A place that a call gives back goes to the next caller in this process, unless others want it.
    One task does all that needs the server: it asks for places while somebody waits, gives back
    what is owed or not needed, and looks what others want.
    """

    def __init__(self, address: str, longest_s: float) -> None:
        self._session = LockSession(address, longest_s, self._stir)
        self._pools: dict[str, Pool] = {}
        self._stirred = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._look_at = self._not_before = self._used_at = 0.0
        self._opened_at = 0.0
        self._was_cut = False

    @asynccontextmanager
    async def place(self, key: str, most: int) -> AsyncGenerator[None]:
        """Wait for one of the `most` places of a key, and hold it while the context is open."""
        pool = self._pool(key, most)
        held = await self._take(pool)
        try:
            yield
        finally:
            self._leave(pool, held)

    async def close(self) -> None:
        """Let go of all places."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})
        await self._session.close()

    def _pool(self, key: str, most: int) -> Pool:
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(key, most)
        pool.most = most
        return pool

    async def _take(self, pool: Pool) -> Held:
        if self._session.is_sure() and (held := pool.take()) is not None:
            return held
        waiter = pool.wait()
        self._stir()
        try:
            return await waiter
        except asyncio.CancelledError:
            pool.forget(waiter)
            if not waiter.cancelled():
                self._leave(pool, waiter.result())
            raise

    def _leave(self, pool: Pool, held: Held) -> None:
        pool.leave(held, _now())
        is_sure = self._serve(pool)
        if pool.returned or (pool.has_waiting and not is_sure):
            self._stir()

    def _serve(self, pool: Pool) -> bool:
        """Give free places to those who wait, if they are ours beyond doubt; say whether."""
        is_sure = self._session.is_sure()
        if is_sure:
            pool.serve()
        return is_sure

    def _stir(self) -> None:
        self._stirred.set()
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            self._stirred.clear()
            try:
                next_at = await self._round()
            except StorageError:
                await self._lose()
                # Whoever had a session for a while comes back before others take its places.
                if _now() - self._opened_at < _AGAIN_S:
                    await asyncio.sleep(_AGAIN_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_at):
                    await self._stirred.wait()

    async def _round(self) -> float | None:
        """Do what is to be done now; return when there will be more to do, None for not by itself.

        Raises `StorageError`.
        """
        if not self._pools:
            return await self._rest()
        self._used_at = _now()
        if not self._session.is_open:
            await self._open()
        if _now() >= self._look_at or not self._session.is_sure():
            await self._look()
        for pool in [*self._pools.values()]:
            await self._tend(pool)
        self._pools = {key: pool for key, pool in self._pools.items() if not pool.is_over}
        tries = [pool.next_try for pool in self._pools.values() if pool.wants]
        return min([self._look_at, *(max(at, self._not_before) for at in tries)])

    async def _rest(self) -> float | None:
        if not self._session.is_open:
            return None
        if _now() - self._used_at >= _UNUSED_S:
            await self._session.close()
            return None
        return self._used_at + _UNUSED_S

    async def _open(self) -> None:
        self._opened_at = _now()
        await self._session.open()
        if self._was_cut:
            self._was_cut, self._not_before = False, _now() + _GRACE_S
        for pool in [*self._pools.values()]:
            if lost := {held.number for held in pool.out}:
                pool.regain(await self._session.lock_again(pool.number, list(lost)))

    async def _look(self) -> None:
        others = await self._session.others([pool.number for pool in self._pools.values()])
        for pool in self._pools.values():
            # A pool that began meanwhile is looked at the next time.
            pool.consider(others.get(pool.number, []), _now())
            self._serve(pool)
        is_crowded = any(pool.is_crowded for pool in self._pools.values())
        self._look_at = _now() + (_LOOK_S if is_crowded else _CALM_LOOK_S)

    async def _tend(self, pool: Pool) -> None:
        if pool.returned:
            returned, pool.returned = pool.returned, []
            await self._session.unlock(pool.number, returned)
        if pool.wants and _now() >= max(pool.next_try, self._not_before):
            await self._try(pool)
        elif pool.told and not pool.wants:
            await self._tell(pool)

    async def _try(self, pool: Pool) -> None:
        numbers = await self._session.lock(pool.number, pool.most, pool.locked, pool.wants)
        pool.gain(numbers, _now())
        self._serve(pool)
        pool.next_try = _now() + (_SLOW_POLL_S if pool.locked else _POLL_S)
        if pool.wants:
            self._look_at = min(self._look_at, _now() + _LOOK_S)
        if pool.told != pool.wants:
            await self._tell(pool)

    async def _tell(self, pool: Pool) -> None:
        told, pool.told = pool.told, pool.wants
        await self._session.tell(pool.number, told, pool.told)

    async def _lose(self) -> None:
        if self._session.is_open:
            out = sum(len(pool.out) for pool in self._pools.values())
            log.warning("places lost", calls_going_on=out)
            self._was_cut = True
        for pool in self._pools.values():
            pool.lose()
        await self._session.close()


def _now() -> float:
    return asyncio.get_running_loop().time()

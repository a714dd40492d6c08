"""The speed at which a platform may be called, shared by all processes on one database.

The generic cell rate algorithm (ITU-T I.371, the virtual scheduling form): one row holds the moment
at which the last reserved call would have to go if calls came evenly; a burst is how far that
moment may lie ahead of the clock. The clock is the database server's, since machines differ.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Double, cast, func, select, update

from bot.storage.database import Database
from bot.storage.statements import insert_new
from bot.storage.tables import paces


class SqlPace:
    """`bot.ports.Pace` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        """Reserve the next free moment for a call and return how many seconds away it is.

        Calls may go `burst` at once, and then one every so often. If the moment is further away
        than `within_s`, nothing is reserved and the distance is returned all the same.
        """

        def write(connection: Connection) -> float:
            free_at, held_until, now = _state(connection, key)
            wait_s = max(0.0, free_at - (burst - 1) * every_s - now, held_until - now)
            if wait_s <= within_s:
                _put(connection, key, "free_at", max(free_at, now) + every_s)
            return wait_s

        return await self._database.write(write)

    async def hold(self, key: str, for_s: float) -> None:
        """Let no call go for some seconds, since the platform said so."""

        def write(connection: Connection) -> None:
            _, held_until, now = _state(connection, key)
            _put(connection, key, "held_until", max(held_until, now + for_s))

        await self._database.write(write)


def _state(connection: Connection, key: str) -> tuple[float, float, float]:
    """Return when the key is free, until when it is held, and the time.

    The row stays locked until the commit.
    """
    dialect = connection.dialect.name
    columns = (paces.c.free_at, paces.c.held_until, _now(dialect))
    state = select(*columns).where(paces.c.key == key).with_for_update()
    known = connection.execute(state).one_or_none()
    if known is None:
        row = {"key": key, "free_at": 0.0, "held_until": 0.0}
        connection.execute(insert_new(dialect, paces), row)
        known = connection.execute(state).one()
    return float(known[0]), float(known[1]), float(known[2])


def _put(connection: Connection, key: str, column: str, moment: float) -> None:
    connection.execute(update(paces).where(paces.c.key == key).values({column: moment}))


def _now(dialect: str) -> ColumnElement[float]:
    if dialect == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()), Double)
    # Days since noon of 24 November 4714 BC, precise to less than a millisecond.
    return (func.julianday("now") - 2_440_587.5) * 86_400.0

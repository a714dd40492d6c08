"""The turns of deliberations, in SQL: who waits, who has a turn, and whose is next."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from bot.domain import Ahead, State, Tenant, Turn
from bot.domain.turns import fair
from bot.storage.columns import clean
from bot.storage.database import Database
from bot.storage.rows import turn_over
from bot.storage.statements import give_turns
from bot.storage.tables import IS_OVER, deliberations, turns
from bot.storage.writer import Change

_PLACE = (turns.c.platform, turns.c.workspace, turns.c.channel)
_TENANT = (turns.c.platform, turns.c.workspace)
_WAITS = turns.c.taken_by.is_(None)
_IS_TAKEN = turns.c.taken_by.is_not(None)
_OF_PLATFORMS = turns.c.platform.in_(bindparam("platforms", expanding=True))
_AMONG = turns.c.deliberation_id.in_(bindparam("ids", expanding=True))
_IS_OVER = IS_OVER.label("is_over")
_TURN = select(turns, deliberations.c.epoch, _IS_OVER).join(deliberations)

# Whoever takes turns looks at all that are taken, so only one process does at a time.
_TAKING = text("SELECT pg_advisory_xact_lock(hashtextextended('council turns', 0))")


class SqlTurns:
    """`bot.ports.Turns` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self,
        platforms: Collection[str],
        by: str,
        most: int,
        *,
        per_channel: int | None = None,
        served: Sequence[Tenant] = (),
    ) -> tuple[Turn, ...]:
        """Take turns for a process, at most so many, as `bot.domain.turns.fair` chooses."""
        next_ones = _next_ones(per_channel)
        put = _put(by).where(_WAITS).returning(turns.c.deliberation_id)
        bound = {"platforms": list(platforms), "most": most}

        def write(connection: Connection) -> tuple[Turn, ...]:
            if connection.dialect.name == "postgresql":
                connection.execute(_TAKING)
            waiting = [_turn(row) for row in connection.execute(next_ones, bound)]
            if not waiting:
                return ()
            chosen = fair(waiting, _running(connection, bound), served, most)
            ids = [turn.deliberation_id for turn in chosen]
            # One that was cancelled meanwhile has no turn any more.
            taken = set(connection.execute(put, {"ids": ids}).scalars())
            return tuple(turn for turn in chosen if turn.deliberation_id in taken)

        return await self._database.write(write)

    async def keep(self, deliberation_ids: Sequence[str], by: str) -> None:
        """Note that these turns are another process's now."""
        bound = {"ids": list(deliberation_ids)}
        await self._database.write(lambda connection: connection.execute(_put(by), bound))

    async def give_back(self, deliberation_ids: Sequence[str], by: str | None = None) -> None:
        """Let taken turns wait again; only those of one process if it is named."""
        statement = _put(None)
        if by is not None:
            statement = statement.where(turns.c.taken_by == by)
        bound = {"ids": list(deliberation_ids)}
        await self._database.write(lambda connection: connection.execute(statement, bound))

    async def release(self, deliberation_id: str) -> None:
        """End the turn of a deliberation that has ended; another one keeps it."""
        await self._database.writer.write(Change((turn_over(deliberation_id),)))

    async def taken(self, platforms: Collection[str]) -> tuple[Turn, ...]:
        """Return all turns that are taken, in the order in which they were asked for."""
        statement = _TURN.where(_IS_TAKEN, _OF_PLATFORMS).order_by(turns.c.position)
        bound = {"platforms": list(platforms)}
        return await self._database.read(
            lambda connection: tuple(map(_turn, connection.execute(statement, bound)))
        )

    async def find(self, deliberation_id: str) -> Turn | None:
        """Return the turn of a deliberation, None if it is over."""
        statement = _TURN.where(turns.c.deliberation_id == clean(deliberation_id))

        def found(connection: Connection) -> Turn | None:
            row = connection.execute(statement).one_or_none()
            return None if row is None else _turn(row)

        return await self._database.read(found)

    async def cancelled(self, deliberation_ids: Collection[str]) -> tuple[str, ...]:
        """Return which of these deliberations were cancelled."""
        row = deliberations.c
        statement = select(row.id).where(
            row.id.in_(sorted(deliberation_ids)), row.state == State.CANCELLED
        )
        return await self._database.read(
            lambda connection: tuple(connection.scalars(statement).all())
        )

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""

        def found(connection: Connection) -> Ahead:
            its = connection.execute(_WAITING, {"id": deliberation_id}).mappings().one_or_none()
            return Ahead() if its is None else Ahead(*connection.execute(_AHEAD, dict(its)).one())

        return await self._database.read(found)

    async def mend(self, platforms: Collection[str], besides: Collection[str] = ()) -> None:
        """Give a turn to deliberations that have not ended and have none."""
        row = deliberations.c
        has_one = exists().where(turns.c.deliberation_id == row.id)
        are_meant = and_(
            row.platform.in_(sorted(platforms)), ~has_one, row.id.not_in(sorted(besides))
        )
        bound = {"at": time.time_ns(), "now": datetime.now(UTC), "by": None}

        def write(connection: Connection) -> None:
            connection.execute(give_turns(connection.dialect.name, are_meant), bound)

        await self._database.write(write)


@cache
def _next_ones(per_channel: int | None) -> Select[tuple[object, ...]]:
    """Select the turns whose channel is free, at most `most` of a workspace.

    One walk over all turns: to join those that wait to those that are taken takes SQLite seconds.
    """
    order = (_WAITS, turns.c.is_scheduled, turns.c.position)  # taken ones first
    nth = func.row_number().over(partition_by=_PLACE, order_by=order)
    lined = select(turns, nth.label("nth")).where(_OF_PLATFORMS).subquery()
    rank = func.row_number().over(
        partition_by=(lined.c.platform, lined.c.workspace),
        order_by=(lined.c.is_scheduled, lined.c.position),
    )
    free = select(lined, rank.label("rank")).where(lined.c.taken_by.is_(None))
    if per_channel is not None:
        free = free.where(lined.c.nth <= per_channel)
    ranked = free.subquery()
    return (
        select(ranked, deliberations.c.epoch, _IS_OVER)
        .join(deliberations, deliberations.c.id == ranked.c.deliberation_id)
        .where(ranked.c["rank"] <= bindparam("most"))
        .order_by(ranked.c.position)
    )


_RUNNING = select(*_TENANT, func.count()).where(_IS_TAKEN, _OF_PLATFORMS).group_by(*_TENANT)


def _running(connection: Connection, bound: Mapping[str, object]) -> Counter[Tenant]:
    """Count the taken turns of each workspace."""
    rows = connection.execute(_RUNNING, bound).all()
    return Counter({Tenant(platform, workspace): number for platform, workspace, number in rows})


def _put(by: str | None) -> Update:
    """Return what puts turns into a process's hands, or lets them wait."""
    return update(turns).where(_AMONG).values(taken_by=by)


def _turn(row: Row[tuple[object, ...]]) -> Turn:
    return Turn(
        deliberation_id=row.deliberation_id,
        epoch=row.epoch,
        tenant=Tenant(row.platform, row.workspace),
        is_scheduled=row.is_scheduled,
        taken_by=row.taken_by,
        is_over=row.is_over,
    )


_WAITING = select(*_PLACE, turns.c.is_scheduled, turns.c.position).where(
    turns.c.deliberation_id == bindparam("id"), _WAITS
)
_IN_WORKSPACE = and_(
    turns.c.platform == bindparam("platform"), turns.c.workspace == bindparam("workspace")
)
_IN_CHANNEL = and_(_IN_WORKSPACE, turns.c.channel == bindparam("channel"))
_IS_BEFORE = and_(
    _WAITS,
    or_(
        turns.c.is_scheduled < bindparam("is_scheduled"),
        and_(
            turns.c.is_scheduled == bindparam("is_scheduled"),
            turns.c.position < bindparam("position"),
        ),
    ),
)


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(turns).where(*conditions).scalar_subquery()


_AHEAD = select(
    _count(_IN_CHANNEL, or_(_IS_TAKEN, _IS_BEFORE)),
    _count(_IN_WORKSPACE, _IS_BEFORE),
    _count(_IS_BEFORE),
)

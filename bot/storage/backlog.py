"""What is not done yet, counted in SQL over those rows alone."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, case, func, or_, select

from bot.domain import PostState, State
from bot.domain.backlog import Backlog
from bot.storage.database import Database
from bot.storage.tables import IS_OPEN, deliberations, posts, turns

_BILLION = 1_000_000_000
_IS_OWED = posts.c.state.in_([PostState.PLANNED, PostState.OPEN])
_HAS_ENDED = deliberations.c.state.in_([state for state in State if state.is_final])
_IS_CLOSING = posts.c.slot.like("synthesis%")

_OPEN = (
    select(deliberations.c.state, func.count().label("number"))
    .where(IS_OPEN)
    .group_by(deliberations.c.state)
)
_TURNS = select(
    func.count().label("number"),
    func.count(turns.c.taken_by).label("taken"),
    func.min(case((turns.c.taken_by.is_(None), turns.c.since))).label("since"),
)
# All that is owed belongs to deliberations with a turn; those are few, and posts are many. The
# closing message is planned when the chairman begins, and due when the deliberation has ended.
_POSTS = (
    select(
        func.count().label("number"),
        func.min(case((~_IS_CLOSING, posts.c.position))).label("planned"),
        func.min(case((_IS_CLOSING, deliberations.c.ended_at))).label("ended"),
    )
    .select_from(
        turns.join(deliberations).join(posts, posts.c.deliberation_id == turns.c.deliberation_id)
    )
    .where(_IS_OWED, or_(~_IS_CLOSING, _HAS_ENDED))
)


async def backlog(database: Database) -> Backlog:
    """Count what is not done yet, all of one moment. Raises `StorageError`."""
    return await database.read(_counted)


def _counted(connection: Connection) -> Backlog:
    waiting, owed = connection.execute(_TURNS).one(), connection.execute(_POSTS).one()
    begun = [owed.ended, None if owed.planned is None else _moment(owed.planned)]
    return Backlog(
        deliberations={State(row.state): row.number for row in connection.execute(_OPEN)},
        waiting=waiting.number - waiting.taken,
        taken=waiting.taken,
        waiting_since=waiting.since,
        posts=owed.number,
        posts_since=min((moment for moment in begun if moment is not None), default=None),
    )


def _moment(position: int) -> datetime:
    """Positions follow the clock, in nanoseconds."""
    return datetime.fromtimestamp(position / _BILLION, UTC)

"""The posts that deliberations owe, in SQL."""

from __future__ import annotations

from sqlalchemy import Connection, Row, bindparam, select

from bot.domain import Post, PostState
from bot.storage.columns import clean
from bot.storage.database import Database
from bot.storage.rows import settled
from bot.storage.tables import posts
from bot.storage.writer import Change

_OWED = (
    select(posts)
    .where(posts.c.deliberation_id == bindparam("id"))
    .order_by(posts.c.position, posts.c.slot, posts.c.part)
)


class SqlOutbox:
    """`bot.ports.Outbox` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owed(self, deliberation_id: str) -> tuple[Post, ...]:
        """Return all posts of a deliberation in the order they were planned, sent ones too."""

        def found(connection: Connection) -> tuple[Post, ...]:
            return tuple(map(_post, connection.execute(_OWED, {"id": deliberation_id})))

        return await self._database.read(found)

    async def settle(self, post: Post, *, epoch: int) -> None:
        """Store a post's new state, message id, thread and reason.

        Raises `Superseded` on an old epoch.
        """
        unit = settled(post, self._database.positions)
        await self._database.writer.write(Change((unit,), clean(post.deliberation_id), epoch))


def _post(row: Row[tuple[object, ...]]) -> Post:
    return Post(
        deliberation_id=row.deliberation_id,
        slot=row.slot,
        state=PostState(row.state),
        message_id=row.message_id,
        thread=row.thread,
        reason=row.reason,
        part=row.part,
    )

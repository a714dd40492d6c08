"""The messages that the bot has pinned."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.domain import Place
from bot.storage.database import Database
from bot.storage.statements import insert_new
from bot.storage.tables import pins


class SqlPins:
    """`bot.ports.Pins` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, place: Place, message_id: str) -> None:
        """Note a pinned message; a known one changes nothing."""
        row = {
            "platform": place.platform,
            "workspace": place.workspace,
            "channel": place.channel,
            "message_id": message_id,
            "position": next(self._database.positions),
        }

        def write(connection: Connection) -> None:
            connection.execute(insert_new(connection.dialect.name, pins), row)

        await self._database.write(write)

    async def oldest(self, place: Place, *, beyond: int) -> tuple[str, ...]:
        """Return the messages of a channel past the newest so many, the oldest first."""

        def read(connection: Connection) -> list[str]:
            newest_first = (
                select(pins.c.message_id).where(*_of(place)).order_by(pins.c.position.desc())
            )
            return list(connection.scalars(newest_first))

        messages = await self._database.read(read)
        return tuple(reversed(messages[beyond:]))

    async def remove(self, place: Place, message_id: str) -> None:
        """Forget a pinned message."""

        def write(connection: Connection) -> None:
            connection.execute(delete(pins).where(*_of(place), pins.c.message_id == message_id))

        await self._database.write(write)


def _of(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        pins.c.platform == place.platform,
        pins.c.workspace == place.workspace,
        pins.c.channel == place.channel,
    )

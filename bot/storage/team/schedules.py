"""Schedules at rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, select, update

from bot.domain import Place, Schedule, Tenant
from bot.errors import Changed, NotFound
from bot.storage.columns import clean, cleaned
from bot.storage.database import Database
from bot.storage.statements import insert_new
from bot.storage.team_tables import owned, schedules

_ROW = schedules.c
_NO_SUCH = "There is no schedule of that id."
_CHANGED = "Somebody else changed this schedule in the meantime; look at it again."
_TAKEN = "Another schedule has this id; please try again."


class SqlSchedules:
    """`bot.ports.Schedules` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, schedule: Schedule) -> None:
        """Store a new schedule. Raises `Changed` if its id is taken, by whomever."""
        row = _row(schedule)

        def write(connection: Connection) -> bool:
            insert = insert_new(connection.dialect.name, schedules).returning(_ROW.id)
            return connection.scalar(insert, row) is not None

        if not await self._database.write(write):
            raise Changed(_TAKEN)

    async def get(self, tenant: Tenant, schedule_id: str) -> Schedule:
        """Return one of a workspace. Raises `NotFound`."""
        found = await self._found(select(schedules).where(*_one(tenant, schedule_id)))
        if not found:
            raise NotFound(_NO_SUCH)
        return found[0]

    async def all(self, place: Place) -> tuple[Schedule, ...]:
        """Return those of a channel, or of a workspace."""
        theirs = select(schedules).where(*owned(schedules, place.tenant))
        if place.channel:
            theirs = theirs.where(_ROW.channel == place.channel)
        return await self._found(theirs.order_by(_ROW.created_at, _ROW.id))

    async def save(self, schedule: Schedule) -> Schedule:
        """Store a changed one under its number. Raises `Changed`, `NotFound`."""
        saved = cleaned(replace(schedule, number=schedule.number + 1))
        same = _one(schedule.place.tenant, schedule.id)

        def write(connection: Connection) -> bool:
            change = update(schedules).where(*same, _ROW.number == schedule.number)
            return connection.execute(change.values(_row(saved))).rowcount > 0

        if not await self._database.write(write):
            await self.get(schedule.place.tenant, schedule.id)
            raise Changed(_CHANGED)
        return saved

    async def remove(self, tenant: Tenant, schedule_id: str) -> None:
        """Forget one of a workspace. Raises `NotFound`."""

        def write(connection: Connection) -> bool:
            return (
                connection.execute(delete(schedules).where(*_one(tenant, schedule_id))).rowcount > 0
            )

        if not await self._database.write(write):
            raise NotFound(_NO_SUCH)

    async def due(self, now: datetime, *, limit: int = 100) -> tuple[Schedule, ...]:
        """Return those that are due by now, the longest due first."""
        ready = select(schedules).where(_ROW.next_due_at <= now)
        return await self._found(ready.order_by(_ROW.next_due_at, _ROW.id).limit(limit))

    async def _found(self, query: Select[tuple[object, ...]]) -> tuple[Schedule, ...]:
        def read(connection: Connection) -> tuple[Schedule, ...]:
            return tuple(_schedule(row) for row in connection.execute(query))

        return await self._database.read(read)


def _one(tenant: Tenant, schedule_id: str) -> tuple[ColumnElement[bool], ...]:
    return *owned(schedules, tenant), _ROW.id == clean(schedule_id)


def _row(schedule: Schedule) -> dict[str, object]:
    place = schedule.place
    where = {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "thread": place.thread,
    }
    own = [column.name for column in _ROW if column.name not in where]
    return {**where, **{name: getattr(schedule, name) for name in own}}


def _schedule(row: Row[tuple[object, ...]]) -> Schedule:
    return Schedule(
        id=row.id,
        place=Place(row.platform, row.workspace, row.channel, row.thread),
        owner_id=row.owner_id,
        owner=row.owner,
        question=row.question,
        rule=row.rule,
        typed=row.typed,
        time_zone=row.time_zone,
        created_at=row.created_at,
        takes_discussion=row.takes_discussion,
        pause=row.pause,
        next_due_at=row.next_due_at,
        last_due_at=row.last_due_at,
        number=row.number,
    )

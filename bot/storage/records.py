"""Deliberations at rest, in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select

from bot.domain import ROOMY, Cap, Deliberation, Post, Room, Timings
from bot.domain.events import Fact
from bot.errors import NotFound
from bot.ports import Scope
from bot.reports import ROOT
from bot.storage.columns import clean, cleaned
from bot.storage.crowding import Entry
from bot.storage.database import Database
from bot.storage.facts import recorded
from bot.storage.loading import HEADS, headed, load, synthesis
from bot.storage.rows import Row, Unit, creation, fresh_turn, planned, reopening, timed
from bot.storage.statements import FINAL_STATES
from bot.storage.tables import deliberations, posts, syntheses
from bot.storage.writer import Change
from bot.team.spending.budgets import Claim

_DELIVERED = select(deliberations.c.id).where(
    *(deliberations.c[name] == bindparam(name) for name in ("platform", "workspace", "delivery"))
)


class SqlRecords:
    """`bot.ports.Records` on a database.

    New and reopened deliberations wait for their turns, unless a `process` has them at once.
    """

    def __init__(self, database: Database, process: str | None = None) -> None:
        self._database = database
        self._process = process

    async def create(
        self,
        deliberation: Deliberation,
        *,
        delivery: str | None = None,
        caps: Sequence[Cap] = (),
        room: Room = ROOMY,
    ) -> Deliberation:
        """Store a new deliberation, or return the one that this delivery id made before.

        A delivery id counts within its workspace. An id that is known returns what is known. With a
        new one its most is set aside under all caps, and it waits for its turn. Raises `OverLimit`.
        """
        new = cleaned(deliberation)
        created = creation(new, delivery, self._turn(new.id))
        entry = Entry(new.question.place.tenant, room)
        change = Change((created,), creates=new.id, claim=_claim(new, caps), entry=entry)

        def found(connection: Connection) -> Deliberation | None:
            known = delivery and _delivered(connection, new, delivery)
            return load(connection, known or new.id)

        # What its delivery had brought may have been refused just then, and be gone again.
        while not await self._database.writer.write(change):
            if (known := await self._database.read(found)) is not None:
                return known
        return new

    async def load(self, deliberation_id: str) -> Deliberation:
        """Return all that is known of one. Raises `NotFound`."""
        return await self._database.read(partial(_loaded, clean(deliberation_id)))

    async def take_up(self, deliberation_id: str, *, is_fresh: bool = False) -> Deliberation:
        """Raise the epoch, so that every other worker's writes are refused.

        `is_fresh` reopens an ended one: queued again, failures and reason forgotten.
        """
        key = clean(deliberation_id)
        units: tuple[Unit, ...] = ()
        if is_fresh:
            units = (reopening(key, self._turn(key)),)
        change = Change(units, key, reopens=is_fresh)
        epoch = await self._database.writer.write(change)
        # Whoever took it up since has a later epoch; this caller must keep to its own.
        return replace(await self.load(key), epoch=epoch)

    async def save(
        self,
        deliberation: Deliberation,
        facts: Sequence[Fact],
        *,
        posts: Sequence[Post] = (),
        timings: Timings | None = None,
    ) -> None:
        """Store facts, and the posts they bring, in one transaction.

        Raises `Superseded` on an old epoch.
        """
        positions = self._database.positions
        units = [unit for fact in facts for unit in recorded(deliberation, fact, positions)]
        units.append(planned(posts, positions))
        if timings is not None:
            units.append(timed(deliberation.id, timings))
        change = Change(tuple(units), clean(deliberation.id), deliberation.epoch)
        await self._database.writer.write(change)

    def _turn(self, deliberation_id: str) -> Row:
        return fresh_turn(deliberation_id, self._database.positions, self._process)

    async def search(
        self, words: str = "", *, limit: int = 20, scope: Scope | None = None
    ) -> tuple[Deliberation, ...]:
        """Return the latest whose question or synthesis holds all words, newest first.

        Each comes with its question (without attachments), state, reason, timings and synthesis.
        """
        statement = HEADS.order_by(deliberations.c.created_at.desc(), deliberations.c.id.desc())
        statement = statement.where(*(_holds(word) for word in clean(words).split()))
        if scope is not None:
            statement = statement.where(*_within(scope))

        def found(connection: Connection) -> tuple[Deliberation, ...]:
            heads = connection.execute(statement.limit(limit)).all()
            theirs = syntheses.c.deliberation_id.in_([head.id for head in heads])
            rows = connection.execute(select(syntheses).where(theirs))
            concluded = {row.deliberation_id: synthesis(row) for row in rows}
            return tuple(replace(headed(head), synthesis=concluded.get(head.id)) for head in heads)

        return await self._database.read(found)


def _claim(deliberation: Deliberation, caps: Sequence[Cap]) -> Claim | None:
    if not caps:
        return None
    most = deliberation.estimate.most_micros if deliberation.estimate else 0
    return Claim(deliberation.question.place.tenant, most, cleaned(tuple(caps)))


def _loaded(deliberation_id: str, connection: Connection) -> Deliberation:
    known = load(connection, deliberation_id)
    if known is None:
        message = "There is no deliberation of that id."
        raise NotFound(message)
    return known


def _delivered(connection: Connection, deliberation: Deliberation, delivery: str) -> str | None:
    place = deliberation.question.place
    key = {"platform": place.platform, "workspace": place.workspace, "delivery": delivery}
    return connection.scalar(_DELIVERED, key)


def _within(scope: Scope) -> Iterator[ColumnElement[bool]]:
    row = deliberations.c
    yield row.platform == scope.platform
    if scope.workspace is not None:
        yield row.workspace == scope.workspace
    if scope.channels is not None:
        yield row.channel.in_(scope.channels)
    if scope.is_open:
        yield row.state.not_in(FINAL_STATES)
    if scope.thread is not None:
        root = (posts.c.deliberation_id == row.id, posts.c.slot == ROOT)
        opened = exists().where(*root, posts.c.thread == scope.thread)
        yield or_(row.thread == scope.thread, opened)


def _holds(word: str) -> ColumnElement[bool]:
    concluded = exists().where(
        syntheses.c.deliberation_id == deliberations.c.id,
        syntheses.c.text.icontains(word, autoescape=True),
    )
    return or_(deliberations.c.question.icontains(word, autoescape=True), concluded)

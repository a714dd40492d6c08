"""What storage costs a deliberation, beside a bare loop over the driver.

`python -m tests.bench.storage whole|bare URL DELIBERATIONS` prints what one of both took as JSON.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
from sqlalchemy import make_url

from bot.domain import (
    Answer,
    Ballot,
    Confidence,
    Council,
    Deliberation,
    Flag,
    ModelCall,
    Place,
    Post,
    PostState,
    Question,
    Review,
    Seat,
    Standing,
    Standings,
    State,
    Synthesis,
    Timings,
)
from bot.domain.events import (
    AnswerArrived,
    Fact,
    ReviewArrived,
    StageBegan,
    StandingsReady,
    SynthesisReady,
)
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from tests.bench.measure import Measure

# What a deliberation of four brings: this many transactions, with this many rows each.
_WRITES = 26
_ROWS = 2
_MEMBERS = ("Ada", "Bob", "Cyd", "Dan")
_TEXT = "A sentence of an answer that is long enough to be worth storing. " * 30
_CALLS = (ModelCall("p/m", "answer", 0.3, None, 900, 400, 0.004),)


def facts() -> Iterator[tuple[Fact, str | None]]:
    """Yield what happens in a standard council of four, with the slot of the post it brings."""
    yield StageBegan(State.ANSWERING), "root"
    for name in _MEMBERS:
        yield AnswerArrived(Answer(name, _TEXT, "p/m", 0.3), _CALLS), f"answer:{name}"
    yield StageBegan(State.REVIEWING), None
    for name in _MEMBERS:
        flag = Flag(name, "Ada", "a sentence", "wrong", "major", "It is not so.")
        ballot = Ballot(name, (("Ada",), ("Bob", "Cyd"), ("Dan",)))
        review = Review(name, _TEXT, "p/m", 0.3, 0, ballot, (flag,))
        yield ReviewArrived(review, _CALLS), f"review:{name}:0"
    order = tuple(Standing(name, n, 2.0, 0.8, 1.2) for n, name in enumerate(_MEMBERS))
    yield StandingsReady(Standings(order, Confidence.STRONG, 4, 0.8, 0.7)), "standings"
    yield StageBegan(State.SYNTHESISING), "synthesis"
    synthesis = Synthesis(_TEXT, "Eve", "p/m", Confidence.STRONG, 0.3)
    yield SynthesisReady(synthesis, _CALLS), None


async def deliberate(records: SqlRecords, outbox: SqlOutbox, number: int) -> None:
    """Store one deliberation as a worker does."""
    seats = tuple(Seat(name, "p/m") for name in _MEMBERS)
    question = Question("Why?", Place("bench", "w", "c"), "me")
    new = Deliberation(f"d{number}", question, Council(seats, seats[0]), datetime.now(UTC))
    await records.create(new, delivery=f"delivery{number}")
    taken = await records.take_up(new.id)
    async with asyncio.TaskGroup() as sending:
        for fact, slot in facts():
            posts = [Post(new.id, slot)] if slot else []
            await records.save(taken, [fact], posts=posts)
            for post in posts:
                sent = replace(post, state=PostState.SENT, message_id=f"m{slot}")
                sending.create_task(outbox.settle(sent, epoch=taken.epoch))
            await asyncio.sleep(0.001)
    await records.save(taken, [], timings=Timings(0.3, 0.3, 0.3, 1.0))


async def measure(url: str, deliberations: int) -> None:
    """Print what that many deliberations at once cost each."""
    await asyncio.to_thread(migrate, url)
    async with open_database(url) as database:
        records, outbox = SqlRecords(database), SqlOutbox(database)
        await deliberate(records, outbox, -1)
        measured = Measure()
        measured.start()
        async with asyncio.TaskGroup() as group:
            for number in range(deliberations):
                group.create_task(deliberate(records, outbox, number))
        measured.stop()
    measured.tell(deliberations)


def bare(url: str, deliberations: int) -> None:
    """Print what as many rows and commits cost a bare loop: a transaction a write, one table."""
    measured = Measure()
    with closing(_connected(url)) as connection:
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        insert = f"INSERT INTO bare VALUES ({mark}, {mark}, {mark})"  # noqa: S608 our own words
        connection.execute("CREATE TABLE bare (id TEXT, slot TEXT, text TEXT)")
        measured.start()
        for number in range(deliberations):
            for write in range(_WRITES):
                connection.execute("BEGIN")
                for slot in range(_ROWS):
                    connection.execute(insert, (f"d{number}", f"{write}.{slot}", _TEXT))
                connection.execute("COMMIT")
        measured.stop()
    measured.tell(deliberations)


def _connected(url: str) -> sqlite3.Connection | psycopg.Connection:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(f"{address.database}.bare", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def main() -> None:
    """Run one of both."""
    kind, url, deliberations = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if kind == "bare":
        bare(url, deliberations)
    else:
        asyncio.run(measure(url, deliberations))


if __name__ == "__main__":
    main()

"""What storage costs a deliberation, beside a bare loop over sqlite3.

Run `python -m tests.bench.storage [DELIBERATIONS] [URL]`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

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
        wall, cpu = time.perf_counter(), time.process_time()
        async with asyncio.TaskGroup() as group:
            for number in range(deliberations):
                group.create_task(deliberate(records, outbox, number))
        _print(f"{deliberations} at once", wall, cpu, deliberations)


def bare(path: Path, deliberations: int) -> None:
    """Print what as many rows and commits cost a bare loop: a transaction a write, one table."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare (id TEXT, slot TEXT, text TEXT)")
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(deliberations):
        for write in range(26):
            connection.execute("BEGIN IMMEDIATE")
            for slot in range(2):
                row = (f"d{number}", f"{write}.{slot}", _TEXT)
                connection.execute("INSERT INTO bare VALUES (?, ?, ?)", row)
            connection.execute("COMMIT")
    _print(f"{deliberations} in a bare loop", wall, cpu, deliberations)
    connection.close()


def _print(what: str, wall: float, cpu: float, deliberations: int) -> None:
    wall_ms = (time.perf_counter() - wall) * 1000
    cpu_ms = (time.process_time() - cpu) * 1000
    each = f"each {wall_ms / deliberations:.2f} ms wall, {cpu_ms / deliberations:.2f} ms CPU"
    print(f"{what}: {wall_ms:.0f} ms wall; {each}")  # noqa: T201 - a benchmark prints


def main() -> None:
    """Run both."""
    deliberations = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/council.db"
        asyncio.run(measure(url, deliberations))
        bare(Path(folder) / "bare.db", deliberations)


if __name__ == "__main__":
    main()

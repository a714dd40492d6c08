"""A line of ten thousand questions: `python -m tests.bench.queueing`.

`[--database sqlite|postgres] [--waiting 10000]`. A council here is one answer that takes as long as
is said and then ends, so what is measured is the line, the engine and the records, not councils.

One workspace owns ninety-nine of a hundred questions, in a thousand channels. Told are: how long
it takes to put them in line and what an acknowledgement waits for its row meanwhile; what taking
turns costs beside the whole line; how long another workspace's question waits for its first answer
beside an idle bot's; and what the line takes until it is empty.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select

from adapters.console.chat import ConsoleChat
from adapters.console.screen import BlankScreen
from bot import logs
from bot.app import App
from bot.composition.collector import relax
from bot.domain import Council, Deliberation, Place, Question, Seat, Tenant, Turn
from bot.domain.events import DeliberationFailed, Event
from bot.llm.rehearsal import RehearsalModels
from bot.ports import Models
from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.tables import turns
from bot.storage.turns import SqlTurns
from bot.work.elsewhere import Elsewhere
from bot.work.engine import DbosEngine
from bot.work.line import Line, LineTerms
from bot.work.notices import listening
from bot.work.worker import Platform, Worker
from tests.bench.setups import Machine
from tests.bench.table import Row, printed

_CHANNELS = 1000
_AT_ONCE = 50
_RUNNING = 50
_ANSWER_S = 2.0
_ASKED = 20
_PAUSE_S = 0.25
# An acknowledgement's bar, and how much longer than idle another workspace may wait.
_ACK_BAR_MS = 250.0
_FAIR = 2.0
_LOOK_EVERY_S = 0.1

_SEAT = Seat("Ada", "work/one")
_COUNCIL = Council((_SEAT,), _SEAT)


class TimedTurns(SqlTurns):
    """Turns that note how long taking them took."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.took_ms: list[float] = []

    async def take(
        self,
        platforms: Collection[str],
        by: str,
        most: int,
        *,
        per_channel: int | None = None,
        served: Sequence[Tenant] = (),
    ) -> tuple[Turn, ...]:
        """Take turns."""
        began = time.perf_counter()
        taken = await super().take(platforms, by, most, per_channel=per_channel, served=served)
        if taken:
            self.took_ms.append(1000 * (time.perf_counter() - began))
        return taken


@dataclass(slots=True)
class Answers:
    """Councils of one answer; notes when each deliberation has it."""

    takes_s: float = 0.0
    at: dict[str, float] = field(default_factory=dict[str, float])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliberate(
        self, deliberation: Deliberation, models: Models
    ) -> AsyncGenerator[Event, None]:
        """Answer, and end; `models` are not asked."""
        await asyncio.sleep(self.takes_s)
        self.at[deliberation.id] = time.perf_counter()
        self.news.set()
        yield DeliberationFailed("That was all.")

    async def of(self, deliberation_id: str) -> float:
        """Return when a deliberation had its answer."""
        while deliberation_id not in self.at:
            self.news.clear()
            await self.news.wait()
        return self.at[deliberation_id]


@asynccontextmanager
async def working(
    url: str, database: Database, folder: Path, answers: Answers
) -> AsyncGenerator[tuple[App, TimedTurns]]:
    """Open what runs deliberations."""
    platforms = {
        "console": Platform(ConsoleChat(folder, BlankScreen(), Place("console", "us", "c")))
    }
    line_turns, news = TimedTurns(database), asyncio.Event()
    worker = Worker(
        deliberate=answers.deliberate,
        models=lambda _: RehearsalModels(),
        records=SqlRecords(database),
        outbox=SqlOutbox(database),
        turns=line_turns,
        platforms=platforms,
    )
    engine = DbosEngine(url, worker.run, give_up=worker.give_up, on_end=news.set)
    terms = LineTerms(_RUNNING, per_channel=1)
    async with (
        engine,
        listening(url, news.set),
        Line(engine, line_turns, news, platforms=platforms, terms=terms) as line,
    ):
        yield App(records=SqlRecords(database), work=line, platforms=["console"]), line_turns


async def measure(url: str, name: str, waiting: int, folder: Path) -> list[Row]:
    """Measure one line from its first question until it is empty."""
    migrate(url)
    async with open_database(url) as database:
        rows = list(await _enqueued(database, name, waiting))
        answers = Answers(_ANSWER_S)
        async with working(url, database, folder, answers) as (app, line_turns):
            loaded_s = await _asked(app, answers)
            rows += _taking(name, line_turns)
            answers.takes_s = 0.0
            rows += await _drained(database, name)
            idle_s = await _idle(app, answers)
    rows += _fairness(name, loaded_s, idle_s)
    rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*rows, Row("memory, at its most", name, rss_mb, "MB")]


async def _enqueued(database: Database, name: str, waiting: int) -> Iterator[Row]:
    app = App(
        records=SqlRecords(database), work=Elsewhere(SqlTurns(database)), platforms=["console"]
    )
    few, is_over, waits_ms = asyncio.Semaphore(_AT_ONCE), asyncio.Event(), list[float]()

    async def put(number: int) -> None:
        async with few:
            await app.ask(_question("us", f"c{number % _CHANNELS}"), _COUNCIL)

    async def probe() -> None:
        while not is_over.is_set():
            began = time.perf_counter()
            await app.ask(_question("them", "p"), _COUNCIL)
            waits_ms.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(_PAUSE_S / 5)

    wall, cpu = time.perf_counter(), time.process_time()
    probing = asyncio.create_task(probe())
    await asyncio.gather(*map(put, range(waiting - waiting // 100)))
    wall_s, cpu_ms = time.perf_counter() - wall, 1000 * (time.process_time() - cpu) / waiting
    is_over.set()
    await probing
    p99_ms = statistics.quantiles(waits_ms, n=100)[98]
    return iter(
        [
            Row(f"{waiting:,} questions put in line", name, wall_s, "s"),
            Row("  CPU each", name, cpu_ms, "ms"),
            Row("  a question's row meanwhile, p99", name, p99_ms, "ms", _ACK_BAR_MS),
        ]
    )


async def _asked(app: App, answers: Answers) -> list[float]:
    """Return how long another workspace's questions wait for their answers, the line being full."""
    await asyncio.sleep(2 * _ANSWER_S)
    return [await _one(app, answers, f"full {number}") for number in range(_ASKED)]


async def _idle(app: App, answers: Answers) -> list[float]:
    answers.takes_s = _ANSWER_S
    return [await _one(app, answers, f"idle {number}") for number in range(_ASKED // 2)]


async def _one(app: App, answers: Answers, workspace: str) -> float:
    began = time.perf_counter()
    asked = await app.ask(_question(workspace, "c"), _COUNCIL)
    return await answers.of(asked.id) - began


def _taking(name: str, line_turns: TimedTurns) -> Iterator[Row]:
    took = sorted(line_turns.took_ms)
    yield Row("taking turns, p50", name, statistics.median(took), "ms")
    yield Row("taking turns, p99", name, statistics.quantiles(took, n=100)[98], "ms", 50.0)


def _fairness(name: str, loaded_s: Sequence[float], idle_s: Sequence[float]) -> Iterator[Row]:
    idle = statistics.median(idle_s)
    what = "another workspace's first answer"
    median, most = statistics.median(loaded_s), max(loaded_s)
    yield Row(f"{what}, p50", name, median, "s", _FAIR * idle, idle)
    yield Row(f"{what}, most", name, most, "s", _FAIR * idle, idle)


async def _drained(database: Database, name: str) -> Iterator[Row]:
    left = await database.read(_number)
    wall, cpu = time.perf_counter(), time.process_time()
    while await database.read(_number):  # noqa: ASYNC110 the table tells nobody
        await asyncio.sleep(_LOOK_EVERY_S)
    wall_s = time.perf_counter() - wall
    cpu_ms = 1000 * (time.process_time() - cpu) / left
    return iter(
        [
            Row(f"until the {left:,} left are done", name, wall_s, "s"),
            Row("  CPU each", name, cpu_ms, "ms"),
        ]
    )


def _number(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(turns)) or 0


def _question(workspace: str, channel: str) -> Question:
    return Question("Which database should we use?", Place("console", workspace, channel), "me")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--waiting", type=int, default=10_000)
    options = parser.parse_args()
    relax()
    logs.configure("warning", [])
    with Machine() as machine, tempfile.TemporaryDirectory() as folder:
        url = machine.databases(options.database).new()
        name = "SQLite" if options.database == "sqlite" else "PostgreSQL"
        printed(asyncio.run(measure(url, name, options.waiting, Path(folder))), sys.stdout.write)


if __name__ == "__main__":
    main()

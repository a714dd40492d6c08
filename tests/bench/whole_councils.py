"""Councils with everything on: the protocol over HTTP, turns, records, posts, the engine.

`python -m tests.bench.whole_councils SPEC`, the fields of `Spec` as JSON; prints what it measured
as JSON. A process is a whole service, or the gateway that asks, or one of the workers; a worker
says that it is ready, and ends when its input does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select

from adapters.console.chat import ConsoleChat
from adapters.console.screen import BlankScreen
from bot import logs
from bot.app import App
from bot.composition.collector import relax
from bot.composition.council import open_app, open_line
from bot.composition.watch import Watch
from bot.config import Settings
from bot.config.file import CouncilFile
from bot.domain import Council, Deadlines, Deliberation, Place, Question, Seat
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.metrics.meters import open_meters
from bot.ports import Work
from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate
from bot.storage.tables import turns
from bot.storage.turns import SqlTurns
from bot.work.elsewhere import Elsewhere
from bot.work.line import LineTerms
from bot.work.worker import Platform
from tests.bench.measure import Measure
from tests.bench.sampler import Sampler

# One council alone has members of different paces, so that its critical path is known.
PACES = {"quick": 0.2, "steady": 0.5, "slow": 0.8, "slower": 0.9}
ALIKE = ("one", "two", "three", "four")

_PLACE = Place("console", "local", "bench")
_LOOK_EVERY_S = 0.05
# Councils that begin together make thousands of calls at once.
_CALLS = 20_000


@dataclass(frozen=True, slots=True)
class Spec:
    """What one process does."""

    port: int
    councils: int
    database: str
    members: Sequence[str] = ALIKE
    role: Literal["all", "gateway", "worker"] = "all"
    running: int = 500
    soft_min_s: float = 20.0
    is_split: bool = False

    @property
    def text(self) -> str:
        """As `SPEC`."""
        return json.dumps(asdict(self))


@asynccontextmanager
async def opened(spec: Spec, folder: Path) -> AsyncGenerator[tuple[App, Database]]:
    """Put the parts together as the service does, metrics included."""
    settings = _settings(spec, folder)
    migrate(spec.database)
    watch = Watch()
    async with (
        open_http() as http,
        open_database(spec.database) as database,
        open_meters(watch.backlog, watch.passed) as meters,
    ):
        watch.models, watch.work = meters.models, meters.work
        models = HttpModels(settings.providers, http, observer=watch.models)
        async with _working(spec, settings, database, models, watch) as work:
            yield open_app(settings, database, work, ["console"]), database


@asynccontextmanager
async def _working(
    spec: Spec, settings: Settings, database: Database, models: HttpModels, watch: Watch
) -> AsyncGenerator[Work]:
    if spec.role == "gateway":
        yield Elsewhere(SqlTurns(database))
        return
    platforms = {"console": Platform(ConsoleChat(settings.data_dir, BlankScreen(), _PLACE))}
    terms = LineTerms(spec.running)
    opening = open_line(settings, database, lambda _: models, platforms, watch=watch, terms=terms)
    async with opening as line:
        yield line


def _settings(spec: Spec, folder: Path) -> Settings:
    base_url = f"http://127.0.0.1:{spec.port}/v1"
    work = Provider("work", "openai", base_url, concurrency=_CALLS, is_local=True)
    queue = {"running": spec.running, "waiting": 100_000, "waiting_in_all": 100_000}
    return Settings(
        data_dir=folder,
        database_url=spec.database,
        log_level=None,
        source=None,
        file=CouncilFile.model_validate({"queue": queue}),
        providers={"work": work},
    )


async def hold(spec: Spec, app: App, database: Database) -> list[Deliberation]:
    """Hold councils at the same time, here or elsewhere; return them as they ended."""
    seats = tuple(Seat(name, f"work/{name}") for name in spec.members)
    deadlines = Deadlines(soft_min=spec.soft_min_s)
    chair = Seat("Chair", "work/chair")
    council = Council(seats, chair, is_revising=False, deadlines=deadlines)
    question = Question("Which database should we use?", _PLACE, "bench")
    asked = await asyncio.gather(*(app.ask(question, council) for _ in range(spec.councils)))
    while await database.read(_turns):  # noqa: ASYNC110 other processes tell nobody
        await asyncio.sleep(_LOOK_EVERY_S)
    return asked


def _turns(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(turns)) or 0


async def _ask(spec: Spec, measure: Measure, folder: Path) -> None:
    with Sampler(is_on=spec.is_split) as sampler:
        async with opened(spec, folder) as (app, database):
            measure.start()
            sampler.start()
            asked = await hold(spec, app, database)
            sampler.stop()
            measure.stop()
            ended = [await app.show(one.id) for one in asked]
    if any(one.synthesis is None for one in ended):
        sys.exit("a council ended without a synthesis")
    timings = ended[-1].timings
    measure.tell(
        spec.councils,
        first_answer_s=timings.first_answer_s,
        total_s=timings.total_s,
        reviews=min(len(one.reviews) for one in ended),
        split={part: 1000 * cpu_s / spec.councils for part, cpu_s in sampler.found.items()},
    )


async def _work(spec: Spec, measure: Measure, folder: Path) -> None:
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, end.set)
    async with opened(spec, folder):
        measure.start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await end.wait()
        measure.stop()
    measure.tell(spec.councils)


def main() -> None:
    """Do what the specification says."""
    relax()
    logs.configure("info", ["a-key-of-an-operator"])
    spec, measure = Spec(**json.loads(sys.argv[1])), Measure()
    act = _work if spec.role == "worker" else _ask
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(act(spec, measure, Path(folder)))


if __name__ == "__main__":
    main()

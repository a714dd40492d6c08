"""Councils with everything on: the protocol over HTTP, records, posts, the engine.

`python -m tests.bench.whole_councils PORT COUNCILS DATABASE_URL`; one council alone has members of
different paces, so that its critical path is known.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.console.chat import ConsoleChat
from adapters.console.screen import BlankScreen
from bot.app import App
from bot.composition.collector import relax
from bot.council.course import deliberate
from bot.domain import Council, Place, Question, Seat, Timings
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.engine import DbosEngine
from bot.work.worker import Platform, Worker
from tests.bench.measure import Measure

PACES = {"quick": 0.2, "steady": 0.5, "slow": 0.8, "slower": 0.9}
ALIKE = ("one", "two", "three", "four")

_PLACE = Place("console", "local", "bench")


@asynccontextmanager
async def opened(
    provider: Provider, database: str, folder: Path
) -> AsyncGenerator[tuple[App, DbosEngine]]:
    """Put the parts together as the program does."""
    migrate(database)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        tables = await stack.enter_async_context(open_database(database))
        records = SqlRecords(tables)
        models = HttpModels({provider.name: provider}, http)
        worker = Worker(
            deliberate=deliberate,
            models=lambda _: models,
            records=records,
            outbox=SqlOutbox(tables),
            platforms={"console": Platform(ConsoleChat(folder, BlankScreen(), _PLACE))},
        )
        engine = DbosEngine(database, worker.run, give_up=worker.give_up)
        await stack.enter_async_context(engine)
        yield App(records=records, work=engine, platforms=["console"]), engine


async def hold(port: int, councils: int, database: str, measure: Measure) -> Timings:
    """Hold councils at the same time; return the timings of the last."""
    base_url = f"http://127.0.0.1:{port}/v1"
    provider = Provider("work", "openai", base_url, concurrency=4 * councils, is_local=True)
    seats = tuple(Seat(name, f"work/{name}") for name in (PACES if councils == 1 else ALIKE))
    council = Council(seats, Seat("Chair", "work/chair"), is_revising=False)
    question = Question("Which database should we use?", _PLACE, "bench")
    with tempfile.TemporaryDirectory() as folder:
        url = database if "://" in database else f"sqlite:///{folder}/council.db"
        async with opened(provider, url, Path(folder)) as (app, engine):
            measure.start()
            asked = await asyncio.gather(*(app.ask(question, council) for _ in range(councils)))
            await asyncio.gather(*(engine.wait(one.id) for one in asked))
            measure.stop()
            ended = [await app.show(one.id) for one in asked]
    if any(one.synthesis is None or len(one.reviews) < len(seats) for one in ended):
        sys.exit("a council ended without a synthesis or a review")
    return ended[-1].timings


if __name__ == "__main__":
    relax()
    measure = Measure()
    number = int(sys.argv[2])
    timings = asyncio.run(hold(int(sys.argv[1]), number, sys.argv[3], measure))
    measure.tell(number, first_answer_s=timings.first_answer_s, total_s=timings.total_s)

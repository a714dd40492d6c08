"""All parts put together as the program does, with nothing shown."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

from adapters.console.chat import ConsoleChat
from adapters.console.record import Record
from adapters.console.screen import BlankScreen
from bot.app import App
from bot.council.course import deliberate
from bot.domain import Council, Deliberation, Place, Question
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.engine import DbosEngine
from bot.work.worker import Worker

PLACE = Place("console", "local", "here")
QUESTION = Question("Which database should we use?", PLACE, "Kim")


class NoPauses(Random):
    """Retries at once."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


@asynccontextmanager
async def open_app(
    folder: Path, providers: Mapping[str, Provider], *, is_streaming_answers: bool = False
) -> AsyncGenerator[App]:
    """Open everything but a screen; database and record lie in `folder`."""
    url = f"sqlite:///{folder / 'council.db'}"
    migrate(url)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        database = await stack.enter_async_context(open_database(url))
        records = SqlRecords(database)
        worker = Worker(
            deliberate=deliberate,
            models=HttpModels(providers, http, random=NoPauses()),
            records=records,
            outbox=SqlOutbox(database),
            chats={PLACE.platform: ConsoleChat(folder / "console", BlankScreen(), PLACE)},
            is_streaming_answers=is_streaming_answers,
        )
        engine = DbosEngine(url, worker.run, give_up=worker.give_up)
        yield App(records=records, work=await stack.enter_async_context(engine))


async def hold(app: App, council: Council, question: Question = QUESTION) -> Deliberation:
    """Ask a council and wait for its end."""
    return await app.wait((await app.ask(question, council)).id)


def posted(folder: Path, deliberation: Deliberation) -> dict[str, str]:
    """Return what was posted, by slot; each slot stands there once."""
    entries = Record(folder / "console").entries(deliberation.id)
    texts = {entry.slot: entry.text for entry in entries}
    assert len(texts) == len(entries)
    return texts

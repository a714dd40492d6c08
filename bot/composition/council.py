"""The council at work: turns, the engine, and what listeners may call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial

from bot.app import App
from bot.composition.watch import Watch
from bot.config import Settings
from bot.council.course import deliberate
from bot.domain import Deliberation, Room
from bot.ports import Models, Work
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.turns import SqlTurns
from bot.work.engine import DbosEngine
from bot.work.line import Line, LineTerms
from bot.work.notices import listening
from bot.work.worker import Platform, Worker

# No process has this name; whoever asks whether it lives needs to be seen alive itself.
_NOBODY = "nobody"


@asynccontextmanager
async def open_line(  # noqa: PLR0913 - all that it opens works with
    settings: Settings,
    database: Database,
    models: Callable[[Deliberation], Models],
    platforms: Mapping[str, Platform],
    *,
    is_streaming_answers: bool = False,
    watch: Watch | None = None,
    terms: LineTerms,
) -> AsyncGenerator[Line]:
    """Open all that runs the deliberations of these platforms; `models` are those one may ask."""
    turns, news = SqlTurns(database), asyncio.Event()
    watch = watch or Watch()
    tracing = watch.tracing
    worker = Worker(
        deliberate=partial(deliberate, is_streaming_answers=is_streaming_answers),
        models=lambda deliberation: tracing.models(deliberation, models(deliberation)),
        records=SqlRecords(database),
        outbox=SqlOutbox(database),
        turns=turns,
        platforms=platforms,
        observer=watch.work,
    )
    engine = DbosEngine(
        settings.database_url,
        tracing.work(worker.run),
        give_up=tracing.work(worker.give_up),
        platforms=tuple(platforms),
        on_end=news.set,
    )
    watch.health.add("engine", partial(_fault, engine))
    async with (
        engine,
        listening(settings.database_url, news.set),
        Line(engine, turns, news, platforms=platforms, terms=terms) as line,
    ):
        yield line


async def _fault(engine: DbosEngine) -> str | None:
    """Return None; a process that no longer holds its sign of life hears `StorageError`."""
    await engine.is_alive(_NOBODY)


def open_app(
    settings: Settings,
    database: Database,
    work: Work,
    platforms: Collection[str],
    *,
    process: str | None = None,
) -> App:
    """Return what listeners may call; `process` has what is asked here, if no other may."""
    queue = settings.file.queue
    return App(
        records=SqlRecords(database, process),
        work=work,
        platforms=tuple(platforms),
        question_chars=settings.file.limits.question_chars,
        room=Room(queue.waiting, queue.waiting_in_all),
    )

"""The council at work: records, posts, the engine, and what listeners may call."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

from bot.app import App
from bot.config import Settings
from bot.council.course import deliberate
from bot.domain import Deliberation
from bot.ports import Models
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.engine import DbosEngine
from bot.work.worker import Platform, Worker


@asynccontextmanager
async def open_app(
    settings: Settings,
    database: Database,
    models: Callable[[Deliberation], Models],
    platforms: Mapping[str, Platform],
    *,
    is_streaming_answers: bool = False,
) -> AsyncGenerator[App]:
    """Open all that the deliberations of these platforms need; `models` are those one may ask."""
    records = SqlRecords(database)
    worker = Worker(
        deliberate=partial(deliberate, is_streaming_answers=is_streaming_answers),
        models=models,
        records=records,
        outbox=SqlOutbox(database),
        platforms=platforms,
    )
    engine = DbosEngine(
        settings.database_url, worker.run, give_up=worker.give_up, platforms=tuple(platforms)
    )
    async with engine as work:
        yield App(
            records=records,
            work=work,
            platforms=tuple(platforms),
            question_chars=settings.file.limits.question_chars,
        )

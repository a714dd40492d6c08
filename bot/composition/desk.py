"""Everything that deliberations need."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from adapters.console.chat import ConsoleChat
from adapters.console.listeners import Desk, Terminal
from bot.app import App
from bot.config import Settings
from bot.council.course import deliberate
from bot.domain import Place
from bot.ports import Models
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.engine import DbosEngine
from bot.work.worker import Worker

PLATFORM = "console"


@asynccontextmanager
async def open_desk(
    settings: Settings, models: Models, terminal: Terminal, place: Place, *, is_rehearsal: bool
) -> AsyncGenerator[Desk]:
    """Open all that deliberations need; `place` is whose messages the terminal shows."""
    migrate(settings.database_url)
    chat = ConsoleChat(settings.data_dir / PLATFORM, terminal.screen, place)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url))
        records = SqlRecords(database)
        worker = Worker(
            deliberate=partial(deliberate, is_streaming_answers=terminal.screen.is_live),
            models=models,
            records=records,
            outbox=SqlOutbox(database),
            chats={PLATFORM: chat},
        )
        engine = DbosEngine(settings.database_url, worker.run, give_up=worker.give_up)
        app = App(
            records=records,
            platforms=[PLATFORM],
            work=await stack.enter_async_context(engine),
            question_chars=settings.file.limits.question_chars,
            is_rehearsal=is_rehearsal,
        )
        yield Desk(app, chat, terminal)

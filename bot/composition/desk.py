"""Everything that the terminal's deliberations need."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from adapters.console.chat import ConsoleChat
from adapters.console.listeners import Desk, Terminal
from bot.composition.council import open_app, open_line
from bot.config import Settings
from bot.domain import Place
from bot.ports import Models
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.work.line import LineTerms
from bot.work.worker import Platform

PLATFORM = "console"


@asynccontextmanager
async def open_desk(
    settings: Settings, models: Models, terminal: Terminal, place: Place
) -> AsyncGenerator[Desk]:
    """Open all that deliberations need; `place` is whose messages the terminal shows."""
    migrate(settings.database_url)
    chat = ConsoleChat(settings.data_dir / PLATFORM, terminal.screen, place)
    async with (
        open_database(settings.database_url) as database,
        open_line(
            settings,
            database,
            lambda _: models,
            {PLATFORM: Platform(chat)},
            # Each terminal shows what was asked in it.
            terms=LineTerms(settings.file.queue.running, is_shared=False),
            is_streaming_answers=terminal.screen.is_live,
        ) as line,
    ):
        app = open_app(settings, database, line, [PLATFORM], process=line.process)
        yield Desk(app, chat, terminal)

"""The bot as a service: every chat platform that is set up, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog
from starlette.routing import Route

from bot.app import App
from bot.composition.council import open_app
from bot.composition.models import open_models, seated
from bot.composition.platforms import check_any, open_platforms
from bot.composition.team import open_team
from bot.composition.web import open_web
from bot.config import Seating, Settings, Wish
from bot.errors import StorageError
from bot.phrases import joined
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.team.asking import Asking

# How soon what a dead process left is taken over.
_RECOVER_EVERY_S = 2.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until the process is told to stop; `say` tells the operator how it stands.

    Raises `BadConfig`, `StorageError`.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with open_service(settings, say):
        say("Council is ready.")
        await stopped.wait()
        say("Council stops; what is running goes on with the next start.")


@asynccontextmanager
async def open_service(settings: Settings, say: Callable[[str], None]) -> AsyncGenerator[None]:
    """Serve while the context is open. Raises `BadConfig`, `StorageError`."""
    check_any(settings)
    migrate(settings.database_url)
    async with AsyncExitStack() as stack:
        models = await stack.enter_async_context(open_models(settings))
        seating = await seated(settings, models, Wish())
        database = await stack.enter_async_context(open_database(settings.database_url))
        opened = await stack.enter_async_context(open_platforms(settings, database, say))
        platforms = {each.name: each.platform for each in opened}
        team = open_team(settings, database, seating)
        opening = open_app(settings, database, lambda _: models, platforms)
        app = await stack.enter_async_context(opening)
        asking = Asking(app, team)
        await stack.enter_async_context(_recovering(app))
        routes: list[Route] = []
        for each in opened:
            routes += await stack.enter_async_context(each.listening(asking))
            say(each.described)
        if routes:
            web = open_web(routes, settings.http_host, settings.http_port)
            port = await stack.enter_async_context(web)
            say(f"HTTP: http://{settings.http_host}:{port}")
        for line in _seating(seating):
            say(line)
        yield


@asynccontextmanager
async def _recovering(app: App) -> AsyncGenerator[None]:
    """Take over what dead processes left, now and then, while the context is open."""

    async def recover() -> None:
        while True:
            with suppress(StorageError):
                await app.recover()
            await asyncio.sleep(_RECOVER_EVERY_S)

    task = asyncio.create_task(recover())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _seating(seating: Seating) -> list[str]:
    council = seating.council
    members = joined(seat.name for seat in council.members)
    lines = [f"Council: {members}; chairman {council.chairman.name}; {council.mode}."]
    if seating.is_rehearsal:
        lines.append("Rehearsal: no provider has a key, so stand-in models answer and say so.")
    return [*lines, *seating.warnings]

"""The bot as a service: every chat platform that is set up, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import structlog
from starlette.routing import Route

from bot.composition.council import open_app
from bot.composition.models import open_models, seated
from bot.composition.platforms import Opened, check_any, open_platforms
from bot.composition.sweeping import repeating, sweeping
from bot.composition.team import open_team
from bot.composition.web import open_web
from bot.composition.workspaces import Workspaces, open_workspaces
from bot.config import Seating, Settings, Wish
from bot.domain import Deliberation
from bot.phrases import joined
from bot.ports import Models
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.team.asking import Asking
from bot.team.schedules.due import Scheduler
from bot.team.spending.halting import Halting
from bot.team.spending.metered import metered
from bot.work.ticker import ticking

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
        opening = open_workspaces(settings, database, seating, models)
        workspaces = await stack.enter_async_context(opening)
        team = open_team(settings, database, seating, workspaces)
        halting = await stack.enter_async_context(sweeping(team))
        app = await stack.enter_async_context(
            open_app(settings, database, partial(_models_of, workspaces, halting), platforms)
        )
        asking = Asking(app, team)
        await stack.enter_async_context(repeating(app.recover, _RECOVER_EVERY_S))
        await stack.enter_async_context(_listening(settings, opened, asking, say))
        scheduler = Scheduler(asking, {each.name: each.rooms for each in opened}, _now)
        await stack.enter_async_context(ticking(scheduler.tick))
        for line in _seating(seating):
            say(line)
        yield


def _now() -> datetime:
    return datetime.now(UTC)


def _models_of(workspaces: Workspaces, halting: Halting, deliberation: Deliberation) -> Models:
    models = workspaces.models_of(deliberation)
    return metered(deliberation, models, catalog=workspaces.catalog, halting=halting)


@asynccontextmanager
async def _listening(
    settings: Settings, opened: Sequence[Opened], asking: Asking, say: Callable[[str], None]
) -> AsyncGenerator[None]:
    """Take deliveries of all platforms while the context is open. Raises `BadConfig`."""
    async with AsyncExitStack() as stack:
        routes: list[Route] = []
        for each in opened:
            routes += await stack.enter_async_context(each.listening(asking))
            say(each.described)
        if routes:
            web = open_web(routes, settings.http_host, settings.http_port)
            port = await stack.enter_async_context(web)
            say(f"HTTP: http://{settings.http_host}:{port}")
        yield


def _seating(seating: Seating) -> list[str]:
    council = seating.council
    members = joined(seat.name for seat in council.members)
    lines = [f"Council: {members}; chairman {council.chairman.name}; {council.mode}."]
    if seating.is_rehearsal:
        lines.append("Rehearsal: no provider has a key, so stand-in models answer and say so.")
    return [*lines, *seating.warnings]

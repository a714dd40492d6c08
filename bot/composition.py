"""The composition root: builds everything that a command needs, and closes it again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from adapters.console.chat import ConsoleChat
from adapters.console.checkup import Check, compare
from adapters.console.listeners import Desk, Terminal
from adapters.console.screen import BlankScreen, FinalScreen, PlainScreen, Screen
from bot.app import App
from bot.config import Seating, Settings, Wish, local_council, rehearsal_council, seat
from bot.council.course import deliberate
from bot.domain import Place
from bot.errors import BadConfig, ModelError
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.providers import split_model
from bot.llm.rehearsal import PROVIDER as REHEARSAL
from bot.llm.rehearsal import RehearsalModels
from bot.ports import Completion, ModelInfo, ModelRequest, Models, Records
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.work.engine import DbosEngine
from bot.work.worker import Worker

PLATFORM = "console"

_LOCAL = "ollama"
_LOCAL_WAIT_S = 0.3  # a server on this machine answers at once or is not there


class EveryModel:
    """Real models and rehearsal ones side by side; implements `bot.ports.Models`.

    A process with keys may have to finish the rehearsal of one without.
    """

    def __init__(self, real: Models, rehearsal: Models) -> None:
        self._real = real
        self._rehearsal = rehearsal

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        return await self._of(request.model).complete(request)

    def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        return self._of(request.model).stream(request)

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        return await self._of(f"{provider}/").list(provider)

    def _of(self, model: str) -> Models:
        return self._rehearsal if model.startswith(f"{REHEARSAL}/") else self._real


@asynccontextmanager
async def open_models(settings: Settings) -> AsyncGenerator[Models]:
    """Open the models of all providers."""
    async with open_http() as http:
        yield EveryModel(HttpModels(settings.providers, http), RehearsalModels())


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncGenerator[Records]:
    """Open the database for reading; tables are brought up to date first."""
    migrate(settings.database_url)
    async with open_database(settings.database_url) as database:
        yield SqlRecords(database)


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
            deliberate=deliberate,
            models=models,
            records=records,
            outbox=SqlOutbox(database),
            chats={PLATFORM: chat},
            is_streaming_answers=terminal.screen.is_live,
        )
        engine = DbosEngine(settings.database_url, worker.run, give_up=worker.give_up)
        app = App(
            records=records,
            work=await stack.enter_async_context(engine),
            question_chars=settings.file.limits.question_chars,
            is_rehearsal=is_rehearsal,
        )
        yield Desk(app, chat, terminal)


@asynccontextmanager
async def open_terminal(
    *, is_json: bool = False, is_quiet: bool = False
) -> AsyncGenerator[Terminal]:
    """Open the screen that suits the output: live on a terminal, plain text in a pipe."""
    async with AsyncExitStack() as stack:
        screen: Screen
        if is_json:
            screen = BlankScreen()
        elif is_quiet:
            screen = FinalScreen(sys.stdout)
        elif sys.stdout.isatty():
            screen = await stack.enter_async_context(_interactive())
        else:
            screen = PlainScreen(sys.stdout)
        yield Terminal(screen, sys.stdout, sys.stderr)


def usable(settings: Settings) -> tuple[str, ...]:
    """Name the providers that are worth asking: those with a key, and those of `council.toml`."""
    return tuple(
        name
        for name, provider in settings.providers.items()
        if provider.api_key is not None or name in settings.file.providers
    )


def checks(settings: Settings, models: Models) -> list[Check]:
    """Return what `council doctor` looks at."""
    try:
        seating, fault = seat(settings, Wish()), None
    except BadConfig as error:
        seating, fault = None, error
    council = seating.council if seating else None
    seats = (*council.members, council.chairman) if council else ()
    sitting = list(dict.fromkeys(model for seat in seats for model in seat.models))
    names = dict.fromkeys([*usable(settings), *(split_model(model)[0] for model in sitting)])

    async def configuration() -> str:
        if fault is not None:
            raise fault
        if council is None:
            return "no provider has a key: a local Ollama or rehearsal models will sit"
        source = settings.source or "no council.toml"
        return f"{source}; {len(council.members)} members, chairman {council.chairman.model}"

    async def database() -> str:
        async with open_records(settings) as records:
            await records.search(limit=1)
        return "open, tables up to date"

    async def provider(name: str) -> str:
        wanted = [model for model in sitting if split_model(model)[0] == name]
        return compare(name, wanted, await models.list(name))

    return [
        Check("configuration", configuration),
        Check("database", database),
        *(Check(f"provider {name}", partial(provider, name)) for name in names),
    ]


async def seated(settings: Settings, models: Models, wish: Wish) -> Seating:
    """Seat the configured council, else local models, else a rehearsal. Raises `BadConfig`."""
    seating = seat(settings, wish)
    if seating is None:
        found = await _local_models(settings, models)
        seating = local_council(settings, found, wish)
    return seating or rehearsal_council(settings, wish)


@asynccontextmanager
async def _interactive() -> AsyncGenerator[Screen]:
    # rich is slow to load, and pipes do without it.
    from adapters.console.live import LiveScreen, terminal_console  # noqa: PLC0415

    console = terminal_console()
    if console.is_dumb_terminal:
        yield PlainScreen(sys.stdout)
        return
    async with LiveScreen(console) as screen:
        yield screen


async def _local_models(settings: Settings, models: Models) -> tuple[str, ...]:
    address = urlsplit(settings.providers[_LOCAL].base_url)
    try:
        async with asyncio.timeout(_LOCAL_WAIT_S):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.close()
            await writer.wait_closed()
            listed = await models.list(_LOCAL)
    except (OSError, TimeoutError, ModelError):
        return ()
    return tuple(model.name for model in listed)

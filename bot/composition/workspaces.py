"""The models of each workspace: its own providers', asked with its own keys, and the operator's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.composition.models import usable
from bot.config import Seating, Settings
from bot.domain import REHEARSAL, Council, Deliberation
from bot.llm.catalog import HttpCatalog, Operators
from bot.llm.guard import Guard
from bot.llm.http import open_http
from bot.llm.lanes import Lane, Lanes
from bot.llm.models import HttpModels
from bot.llm.own import Lines, OwnModels, WorkspaceModels
from bot.llm.providers import split_model
from bot.ports import Catalog, Models, ProviderKeys
from bot.ports.observer import NOBODY, ModelsObserver
from bot.storage.database import Database
from bot.storage.sealing import Seal, parse_keys
from bot.storage.team.provider_keys import SqlProviderKeys
from bot.work.patience import stored


@dataclass(frozen=True, slots=True)
class Workspaces:
    """What workspaces brought and may seat, and the models that a deliberation in one may ask."""

    keys: ProviderKeys
    catalog: Catalog
    models_of: Callable[[Deliberation], Models]


@asynccontextmanager
async def open_workspaces(  # noqa: PLR0913 - what it works with
    settings: Settings,
    database: Database,
    seating: Seating,
    models: Models,
    lines: Lines | None = None,
    *,
    lanes: Lanes = Lane,
    observer: ModelsObserver = NOBODY,
) -> AsyncGenerator[Workspaces]:
    """Open them; `models` and `seating` are the operator's. Raises `BadConfig`, `StorageError`."""
    seal = None if settings.secret_key is None else Seal(parse_keys(settings.secret_key))
    keys = SqlProviderKeys(database, seal)
    await keys.reseal()
    async with AsyncExitStack() as stack:
        lines = lines or await stack.enter_async_context(_open_lines())
        names = _names(settings, seating.council)
        build = partial(HttpModels, lanes=lanes, observer=observer)
        own = OwnModels(keys, lines, taken=settings.providers, build=build)
        operators = Operators(models, settings.providers, names)

        def models_of(deliberation: Deliberation) -> Models:
            tenant = deliberation.question.place.tenant
            return WorkspaceModels(partial(stored, partial(own.of, tenant)), models, names)

        catalog = await stack.enter_async_context(HttpCatalog(operators, own))
        yield Workspaces(keys, catalog, models_of)


@asynccontextmanager
async def _open_lines() -> AsyncGenerator[Lines]:
    guard = Guard()
    async with open_http() as plain, open_http(guard=guard) as guarded:
        yield Lines(plain, guarded, guard)


def _names(settings: Settings, council: Council) -> tuple[str, ...]:
    """Name the operator's providers that workspaces may ask."""
    sitting = [split_model(model)[0] for model in council.models]
    return tuple(dict.fromkeys(name for name in (*usable(settings), *sitting) if name != REHEARSAL))

"""The models of all providers, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.composition.sharing import open_lanes
from bot.config import Settings
from bot.llm.http import open_http
from bot.llm.lanes import Lanes
from bot.llm.models import HttpModels
from bot.ports import Models
from bot.ports.observer import NOBODY, ModelsObserver


@asynccontextmanager
async def open_providers(
    settings: Settings, lanes: Lanes | None = None, observer: ModelsObserver = NOBODY
) -> AsyncGenerator[Models]:
    """Open the HTTP client that asks them."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http())
        lanes = lanes or await stack.enter_async_context(open_lanes(settings))
        yield HttpModels(settings.providers, http, lanes=lanes, observer=observer)

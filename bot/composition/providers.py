"""The models of all providers, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.config import Settings
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.ports import Models


@asynccontextmanager
async def open_providers(settings: Settings) -> AsyncGenerator[Models]:
    """Open the HTTP client that asks them."""
    async with open_http() as http:
        yield HttpModels(settings.providers, http)

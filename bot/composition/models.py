"""The models of all providers, and who of them sits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bot.config import Seating, Settings, Wish, local_council, rehearsal_council, seat
from bot.errors import ModelError
from bot.llm.http import open_http
from bot.llm.models import HttpModels
from bot.llm.rehearsal import PROVIDER as REHEARSAL
from bot.llm.rehearsal import RehearsalModels
from bot.ports import Completion, ModelInfo, ModelRequest, Models

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


def usable(settings: Settings) -> tuple[str, ...]:
    """Name the providers that are worth asking: those with a key, and those of `council.toml`."""
    return tuple(
        name
        for name, provider in settings.providers.items()
        if provider.api_key is not None or name in settings.file.providers
    )


async def seated(settings: Settings, models: Models, wish: Wish) -> Seating:
    """Seat the configured council, else local models, else a rehearsal. Raises `BadConfig`."""
    seating = seat(settings, wish)
    if seating is None:
        found = await _local_models(settings, models)
        seating = local_council(settings, found, wish)
    return seating or rehearsal_council(settings, wish)


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

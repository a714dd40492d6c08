"""The models of all providers, and who of them sits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.config import Seating, Settings, Wish, local_council, rehearsal_council, seat
from bot.domain import is_stand_in
from bot.errors import ModelError
from bot.llm.rehearsal import RehearsalModels
from bot.ports import Completion, ModelInfo, ModelRequest, Models
from bot.ports.observer import NOBODY, ModelsObserver

if TYPE_CHECKING:
    from bot.llm.lanes import Lanes  # it loads HTTP

_LOCAL = "ollama"
_LOCAL_WAIT_S = 0.3  # a server on this machine answers at once or is not there


class EveryModel:
    """Real models and rehearsal ones side by side; implements `bot.ports.Models`.

    A process with keys may have to finish the rehearsal of one without. The real ones are opened
    when one of them is first asked.
    """

    def __init__(self, open_real: Callable[[], Awaitable[Models]], rehearsal: Models) -> None:
        self._open_real = open_real
        self._real: Models | None = None
        self._opening = asyncio.Lock()
        self._rehearsal = rehearsal

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        models = await self._of(request.model)
        return await models.complete(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        models = await self._of(request.model)
        async with aclosing(models.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        models = await self._of(f"{provider}/")
        return await models.list(provider)

    async def _of(self, model: str) -> Models:
        if is_stand_in(model):
            return self._rehearsal
        async with self._opening:
            if self._real is None:
                self._real = await self._open_real()
        return self._real


@asynccontextmanager
async def open_models(
    settings: Settings, lanes: Lanes | None = None, observer: ModelsObserver = NOBODY
) -> AsyncGenerator[Models]:
    """Open the models of all providers; without `lanes` they keep limits by means of their own."""
    async with AsyncExitStack() as stack:

        async def open_real() -> Models:
            # HTTP takes a fifth of a second to load and open; a rehearsal does without.
            from bot.composition.providers import open_providers  # noqa: PLC0415

            return await stack.enter_async_context(open_providers(settings, lanes, observer))

        yield EveryModel(open_real, RehearsalModels(observer=observer))


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

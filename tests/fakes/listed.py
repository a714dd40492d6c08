"""Models that can be listed and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import count

from bot.domain import Failure, FailureKind
from bot.errors import ModelError, NotFound
from bot.ports import Completion, ModelInfo, ModelRequest


class ListedModels:
    """Implements `bot.ports.Models`; a provider's list comes after `after_s`, or not at all.

    `asked` are the providers whose lists were read, in order.
    """

    def __init__(self, *models: ModelInfo) -> None:
        self.models = list(models)
        self.after_s: dict[str, float] = {}
        self.down: set[str] = set()
        self.asked: list[str] = []

    async def complete(self, request: ModelRequest) -> Completion:
        """Say who was asked."""
        return Completion(f"{request.model} of {id(self)}", (), 0.0)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Say who was asked, in one piece."""
        completion = await self.complete(request)
        yield completion.text
        yield completion

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """Return those of a provider."""
        self.asked.append(provider)
        await asyncio.sleep(self.after_s.get(provider, 0.0))
        if provider in self.down:
            raise ModelError(Failure(FailureKind.UNREACHABLE, f"{provider} cannot be reached."))
        theirs = tuple(one for one in self.models if one.name.startswith(f"{provider}/"))
        if not theirs:
            message = f"There is no provider {provider}."
            raise NotFound(message)
        return theirs

    async def check_key(self, provider: str, path: str) -> None:
        """Take every key."""


class Seconds:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = next(_STARTS)

    def __call__(self) -> float:
        return self.now


# No clock begins at 0 where the time since the machine's start is told.
_STARTS = count(10_000.0, 1_000.0)

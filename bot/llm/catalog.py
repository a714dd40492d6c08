"""The models that a workspace may seat: the operator's providers' and its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bot.domain import REHEARSAL, Failure, FailureKind, OwnProvider, Tenant
from bot.errors import ModelError, NotFound
from bot.llm.listings import Listings, Shelf
from bot.llm.own import OwnModels, no_provider
from bot.llm.prices import Prices
from bot.llm.providers import Provider, split_model
from bot.ports import ModelInfo, Models

# Forms must be answered within three seconds, and the platform takes some of them.
_FIND_S = 1.5
_CHECK_S = 2.0
# A council of twelve seats is checked with one list. What it lacks may have come since.
_CHECKED_AGE_S = 60.0
_MISSING_AGE_S = 5.0
_LONGEST_NAME = 200  # no real one comes near; what is listed is a stranger's word


@dataclass(frozen=True, slots=True)
class Operators:
    """The operator's models: all providers there are, and the names of those worth asking."""

    models: Models
    providers: Mapping[str, Provider]
    usable: tuple[str, ...]


class HttpCatalog:
    """`bot.ports.Catalog` over the providers' own lists; an async context manager.

    `clock` tells how old a list is.
    """

    def __init__(
        self, operators: Operators, own: OwnModels, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._operators = operators
        self._own = own
        self._listings = Listings(clock)
        self._prices = Prices()

    async def __aenter__(self) -> Self:
        await self._listings.__aenter__()
        for name in self._operators.usable:
            if provider := self._operators.providers.get(name):
                self._prices.prepare(provider)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._listings.__aexit__(kind, error, trace)

    async def find(self, tenant: Tenant, words: str, *, limit: int) -> tuple[ModelInfo, ...]:
        """Return models whose names hold all words, the best fits first."""
        shelves = await self._shelves(tenant)
        waiting = (self._listings.soon(shelf, _FIND_S) for shelf in shelves.values())
        lists = await asyncio.gather(*waiting)
        wanted = words.lower().split()
        fitting = (
            model
            for models in lists
            for model in models
            if _is_plausible(model.name) and all(word in model.name.lower() for word in wanted)
        )
        return tuple(sorted(fitting, key=lambda model: _misfit(model.name, wanted))[:limit])

    async def check(self, tenant: Tenant, model: str) -> ModelInfo:
        """Return what a model's provider says of it now. Raises `NotFound`, `ModelError`."""
        name, _ = split_model(model)
        shelf = (await self._shelves(tenant)).get(name)
        if shelf is None and name == REHEARSAL:
            shelf = Shelf(name, self._operators.models)
        if shelf is None:
            message = no_provider(name)
            raise NotFound(message)
        for age_s in (_CHECKED_AGE_S, _MISSING_AGE_S):
            listed = await self._listed(shelf, age_s)
            if (found := next((one for one in listed if one.name == model), None)) is not None:
                return found
        message = f"{name} has no model {model}; search the list for the one you mean."
        raise NotFound(message)

    async def priced(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, ModelInfo]:
        """Return what is known of models without asking their providers."""
        return {model: await self._priced(tenant, model) for model in models}

    async def probe(self, provider: OwnProvider, key: str) -> int:
        """Return how many models a provider lists for a key. Raises `BadConfig`."""
        return await self._own.probe(provider, key)

    async def _shelves(self, tenant: Tenant) -> dict[str, Shelf]:
        own = await self._own.of(tenant)
        models = self._operators.models
        shelves = {name: Shelf(name, models) for name in self._operators.usable}
        shelves |= {name: Shelf(name, theirs, tenant) for name, theirs in own.items()}
        return shelves or {REHEARSAL: Shelf(REHEARSAL, models)}

    async def _listed(self, shelf: Shelf, age_s: float) -> tuple[ModelInfo, ...]:
        try:
            async with asyncio.timeout(_CHECK_S):
                return await self._listings.newer(shelf, age_s)
        except TimeoutError as error:
            sentence = f"{shelf.provider} did not answer within {_CHECK_S:.0f} s; try again."
            raise ModelError(Failure(FailureKind.TIMED_OUT, sentence)) from error

    async def _priced(self, tenant: Tenant, model: str) -> ModelInfo:
        name, model_id = split_model(model)
        provider = self._operators.providers.get(name)
        if name == REHEARSAL or (provider is not None and provider.is_local):
            return ModelInfo(model, 0.0, 0.0)
        listed = (*self._listings.known(name, tenant), *self._listings.known(name, None))
        info = next((one for one in listed if one.name == model), ModelInfo(model))
        if provider is None:
            return info
        (filled,) = await self._prices.fill(provider, [info], [model_id])
        return filled


def _is_plausible(name: str) -> bool:
    return name.isprintable() and len(name) <= _LONGEST_NAME


def _misfit(name: str, wanted: list[str]) -> tuple[bool, int, str]:
    """Rank names: those that begin as is wanted, with or without who serves or made it; the short.

    Shorter ones are the plain models, longer ones their variants.
    """
    _, model_id = split_model(name)
    beginnings = tuple(text.lower() for text in (name, model_id, model_id.rpartition("/")[2]))
    begins = any(text.startswith(word) for text in beginnings for word in wanted[:1])
    return not begins, len(name), name

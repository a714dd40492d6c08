"""Models over HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from random import Random

from bot.domain import Failure, FailureKind
from bot.errors import ModelError, NotFound
from bot.llm import chat_completions, messages
from bot.llm.asking import Asking, Endpoint, Means
from bot.llm.breaker import Breaker
from bot.llm.dialect import Dialect
from bot.llm.exchange import Exchange
from bot.llm.failures import AttemptError, Source
from bot.llm.http import Http
from bot.llm.lanes import Lane, Lanes
from bot.llm.patience import Patience, Waits
from bot.llm.prices import Prices
from bot.llm.providers import Kind, Provider, split_model
from bot.llm.shapes import Json, amount, items, mapping, text
from bot.ports import Completion, ModelInfo, ModelRequest
from bot.ports.observer import NOBODY, ModelsObserver

_DIALECTS: Mapping[Kind, Dialect] = {"openai": chat_completions, "anthropic": messages}
_LIST_S = 20.0
_LIST_BYTES = 16_000_000  # the longest list known has under 1 MB
_MILLION = 1_000_000
_ABOUT_ANSWERS = frozenset(
    {
        FailureKind.BAD_REQUEST,
        FailureKind.NOT_FOUND,
        FailureKind.TIMED_OUT,
        FailureKind.CUT_OFF,
        FailureKind.MALFORMED,
        FailureKind.TOO_LARGE,
    }
)


class HttpModels:
    """The models of these providers, asked over HTTP; implements `bot.ports.Models`.

    One instance a process and event loop: it remembers limits, failures and abilities. `random`
    spreads retries, `clock` times how long a failing model is left alone, `lanes` makes what keeps
    a provider's limits.
    """

    def __init__(  # noqa: PLR0913 - what it works with
        self,
        providers: Mapping[str, Provider],
        http: Http,
        *,
        waits: Waits | None = None,
        random: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        lanes: Lanes = Lane,
        observer: ModelsObserver = NOBODY,
    ) -> None:
        jitter = random or Random()  # noqa: S311 - spreads retries, guards no secret
        self._providers = dict(providers)
        self._means = Means(http, Prices(), waits or Waits(), jitter, observer)
        self._lanes = {name: lanes(provider) for name, provider in providers.items()}
        self._clock = clock
        self._endpoints: dict[str, Endpoint] = {}

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        asking = Asking(self._means, self._endpoint(request.model), request, is_stream=False)
        async with aclosing(asking.run()) as pieces:
            async for piece in pieces:
                if isinstance(piece, Completion):
                    return piece
        raise AssertionError  # a run ends with a completion or an error

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text as they come and the `Completion` last. Raises `ModelError`."""
        asking = Asking(self._means, self._endpoint(request.model), request, is_stream=True)
        async with aclosing(asking.run()) as pieces:
            async for piece in pieces:
                yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models by full name. Raises `NotFound`, `ModelError`."""
        known = self._providers.get(provider)
        if known is None:
            message = _unknown(provider)
            raise NotFound(message)
        document = await self._fetch(known, _DIALECTS[known.kind].LIST_PATH)
        entries = [mapping(entry) for entry in items(document.get("data"))]
        ids = [text(entry.get("id")).removeprefix("models/") for entry in entries]
        infos = [_info(provider, entry, name) for entry, name in zip(entries, ids, strict=True)]
        filled = await self._means.prices.fill(known, infos, ids)
        named = (info for info, name in zip(filled, ids, strict=True) if name)
        return tuple(sorted(named, key=lambda info: info.name))

    async def check_key(self, provider: str, path: str) -> None:
        """Read what only a key opens. Raises `ModelError`."""
        await self._fetch(self._providers[provider], path)

    async def _fetch(self, provider: Provider, path: str) -> Json:
        """Read a document below a provider's address. Raises `ModelError`."""
        source = Source(provider, "its list of models")
        dialect = _DIALECTS[provider.kind]
        until = asyncio.get_running_loop().time() + _LIST_S
        patience = Patience(source, self._means.waits, until, is_stream=False)
        exchange = Exchange(self._means.http, dialect, source, patience)
        try:
            async with exchange.open("GET", path) as response:
                return await exchange.document(response, _LIST_BYTES)
        except AttemptError as failed:
            raise ModelError(_unlisted(provider, failed.failure)) from failed

    def _endpoint(self, model: str) -> Endpoint:
        if model in self._endpoints:
            return self._endpoints[model]
        name, model_id = split_model(model)
        provider = self._providers.get(name)
        if provider is None or not model_id:
            sentence = _unknown(name) if provider is None else f"{model} names no model."
            raise ModelError(Failure(FailureKind.NOT_FOUND, sentence))
        source = Source(provider, model_id)
        dialect = _DIALECTS[provider.kind]
        endpoint = Endpoint(source, dialect, self._lanes[name], Breaker(self._clock))
        self._endpoints[model] = endpoint
        return endpoint


def _unlisted(provider: Provider, failure: Failure) -> Failure:
    """Say of the list what is otherwise said of a model's answer."""
    if failure.kind not in _ABOUT_ANSWERS:
        return failure
    sentence = f"{provider.name} did not send its list of models. Check its base_url."
    return Failure(failure.kind, sentence)


def _unknown(provider: str) -> str:
    return (
        f"There is no provider {provider!r}; known are those of council.toml and those with a key."
    )


def _info(provider: str, entry: Json, model_id: str) -> ModelInfo:
    """OpenRouter tells prices in dollars per token, as text, and what a model takes in."""
    pricing = mapping(entry.get("pricing"))
    takes_in = items(mapping(entry.get("architecture")).get("input_modalities"))
    return ModelInfo(
        f"{provider}/{model_id}",
        _price(pricing.get("prompt")),
        _price(pricing.get("completion")),
        "image" in takes_in if takes_in else None,
    )


def _price(value: object) -> float | None:
    try:
        per_token = amount(float(text(value)))
    except ValueError:
        return None
    return None if per_token is None else round(per_token * _MILLION, 6)

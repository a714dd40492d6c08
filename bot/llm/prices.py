"""What tokens cost, from a price list that needs no network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

from bot.llm.providers import Provider
from bot.llm.reading import Tokens
from bot.ports import ModelInfo

Calculate = Callable[[str, str, int, int], float | None]
"""From a base URL, a model's id, and tokens of prompt and completion to US dollars."""

_SAMPLE = 1000  # tokens; small, since some models cost more beyond 128,000
_MILLION = 1_000_000
# A look into the list takes 0.1 ms; a question needs a dozen, a form hundreds. Some prices change
# with the hour.
_REMEMBERED_S = 600
_MOST_REMEMBERED = 4_000


class Prices:
    """The price list; it takes half a second to load, so that happens beside the first request."""

    def __init__(self) -> None:
        self._loading: asyncio.Future[Calculate] | None = None
        self._listed = lru_cache(_MOST_REMEMBERED)(_per_million)

    def prepare(self, provider: Provider) -> None:
        """Start loading the list if this provider may stand in it."""
        if self._loading is None and _is_public(provider):
            self._loading = asyncio.get_running_loop().run_in_executor(None, _load)

    async def cost(self, provider: Provider, model_id: str, tokens: Tokens) -> float | None:
        """Return what a call cost in US dollars: what the provider says, else by the list."""
        if tokens.cost_usd is not None:
            return tokens.cost_usd
        if provider.is_local:
            return 0.0
        if self._loading is None or tokens.prompt is None or tokens.completion is None:
            return None
        calculate = await asyncio.shield(self._loading)
        return calculate(provider.base_url, model_id, tokens.prompt, tokens.completion)

    async def fill(
        self, provider: Provider, models: Sequence[ModelInfo], ids: Sequence[str]
    ) -> tuple[ModelInfo, ...]:
        """Add the prices that are known; `ids` are the models' ids in the same order."""
        self.prepare(provider)
        if self._loading is None:
            return tuple(models)
        calculate = await asyncio.shield(self._loading)
        span = int(time.time() / _REMEMBERED_S)
        return tuple(
            _filled(model, *self._listed(calculate, provider.base_url, model_id, span))
            for model, model_id in zip(models, ids, strict=True)
        )


def _filled(model: ModelInfo, prompt_usd: float | None, completion_usd: float | None) -> ModelInfo:
    return replace(
        model,
        prompt_usd=prompt_usd if model.prompt_usd is None else model.prompt_usd,
        completion_usd=completion_usd if model.completion_usd is None else model.completion_usd,
    )


def _per_million(
    calculate: Calculate, base_url: str, model_id: str, _span: int
) -> tuple[float | None, float | None]:
    """Return what a million tokens of prompt and of completion cost within a span of time."""
    samples = calculate(base_url, model_id, _SAMPLE, 0), calculate(base_url, model_id, 0, _SAMPLE)
    prompt, completion = (
        None if usd is None else round(usd * _MILLION / _SAMPLE, 6) for usd in samples
    )
    return prompt, completion


def _is_public(provider: Provider) -> bool:
    """Services in one's own network are in no price list."""
    try:
        host = urlsplit(provider.base_url).hostname or ""
    except ValueError:
        return False
    is_name = "." in host and not host.rpartition(".")[2].isdigit()
    return is_name and not provider.is_local


def _load() -> Calculate:
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - half a second, see Prices

    def calculate(base_url: str, model_id: str, prompt: int, completion: int) -> float | None:
        usage = Usage(input_tokens=prompt, output_tokens=completion)
        try:
            price = calc_price(usage, model_id, provider_api_url=base_url)
        except (LookupError, ValueError):
            return None
        return float(price.total_price)

    return calculate

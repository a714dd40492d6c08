from __future__ import annotations

import pytest

from bot.llm.prices import Prices
from bot.llm.providers import KNOWN, Provider
from bot.llm.reading import Tokens
from bot.ports import ModelInfo

OPENAI = Provider("openai", "openai", KNOWN["openai"].base_url)


@pytest.fixture
def prices() -> Prices:
    return Prices()


async def test_the_list_knows_the_price_of_a_call(prices: Prices):
    prices.prepare(OPENAI)

    cost = await prices.cost(OPENAI, "gpt-5", Tokens(1000, 100))

    assert cost == pytest.approx(0.00225)


async def test_the_provider_knows_better(prices: Prices):
    prices.prepare(OPENAI)

    assert await prices.cost(OPENAI, "gpt-5", Tokens(1000, 100, 0.5)) == 0.5


@pytest.mark.parametrize("tokens", [Tokens(), Tokens(1), Tokens(None, 1)])
async def test_unknown_counts_have_no_price(prices: Prices, tokens: Tokens):
    prices.prepare(OPENAI)

    assert await prices.cost(OPENAI, "gpt-5", tokens) is None


async def test_unknown_models_have_no_price(prices: Prices):
    prices.prepare(OPENAI)

    assert await prices.cost(OPENAI, "no-such-model", Tokens(1, 1)) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://models/v1", "http://[::1", ""])
async def test_ones_own_network_is_in_no_list(prices: Prices, url: str):
    provider = Provider("work", "openai", url)
    prices.prepare(provider)

    assert await prices.cost(provider, "gpt-5", Tokens(1, 1)) is None


async def test_listed_models_get_their_prices_per_million(prices: Prices):
    seeing = ModelInfo("openai/gpt-5", sees_images=True)
    models = (seeing, ModelInfo("openai/x"), ModelInfo("openai/y", 1.0, 2.0))

    filled = await prices.fill(OPENAI, models, ("gpt-5", "no-such-model", "gpt-5"))

    assert filled == (
        ModelInfo("openai/gpt-5", 1.25, 10.0, sees_images=True),
        ModelInfo("openai/x"),
        ModelInfo("openai/y", 1.0, 2.0),
    )

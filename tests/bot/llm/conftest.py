"""A model server and models that ask it."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Callable
from random import Random

import pytest

from bot.llm.http import Http, open_http, trusted
from bot.llm.models import HttpModels
from bot.llm.patience import Waits
from bot.llm.providers import Provider
from tests.fakes.model_server import ModelServer

KEY = "canary-key-d41d8cd98f00"


class NoPauses(Random):
    """Retries at once."""

    def uniform(self, a: float, b: float) -> float:
        return 0.0


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer(tick_s=0.02) as server:
        yield server


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    return trusted()


@pytest.fixture
async def http(tls: ssl.SSLContext) -> AsyncIterator[Http]:
    async with open_http(tls=tls) as http:
        yield http


@pytest.fixture
def providers(server: ModelServer) -> dict[str, Provider]:
    work = Provider("work", "openai", server.base_url, api_key=KEY, key_name="WORK_KEY")
    claude = Provider("claude", "anthropic", server.anthropic_url, api_key=KEY)
    gone = Provider("gone", "openai", server.refusing_url)
    return {provider.name: provider for provider in (work, claude, gone)}


@pytest.fixture
def build(providers: dict[str, Provider], http: Http) -> Callable[..., HttpModels]:
    """Build models with further providers, other waits or another clock."""

    def build(
        *more: Provider,
        waits: Waits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> HttpModels:
        known = {**providers, **{provider.name: provider for provider in more}}
        return HttpModels(known, http, waits=waits, random=NoPauses(), clock=clock)

    return build


@pytest.fixture
def models(build: Callable[..., HttpModels]) -> HttpModels:
    return build()

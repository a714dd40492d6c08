"""What an observer is told of requests, seen through the figures that it keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot.errors import ModelError
from bot.llm.breaker import FAILURES
from bot.llm.http import Http
from bot.llm.models import HttpModels
from bot.llm.providers import Provider
from bot.llm.rehearsal import MEMBERS, RehearsalModels
from bot.metrics.models import ModelMeters
from tests.bot.llm.asked import request
from tests.bot.llm.conftest import NoPauses
from tests.fakes.model_server import ModelServer, Script
from tests.scraping import Figures


class Observed:
    """Models and what an operator sees of them; `now` is the breakers' clock."""

    def __init__(self, http: Http, provider: Provider) -> None:
        self.now = 0.0
        self.registry = CollectorRegistry()
        self.meters = ModelMeters(self.registry, self.clock)
        self.models = HttpModels(
            {provider.name: provider},
            http,
            random=NoPauses(),
            clock=self.clock,
            observer=self.meters,
        )

    def clock(self) -> float:
        return self.now

    async def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(ModelError):
                await self.models.complete(request())

    def figures(self) -> Figures:
        return Figures(generate_latest(self.registry).decode())


@pytest.fixture
def provider(server: ModelServer) -> Provider:
    return Provider("work", "openai", server.base_url)


async def test_each_attempt_is_a_call_and_each_but_the_first_a_retry(
    http: Http, provider: Provider, server: ModelServer
) -> None:
    server.scripts["model-a"] = Script(fault="529", times=2)
    observed = Observed(http, provider)

    await observed.models.complete(request())

    figures = observed.figures()
    calls, retries = "council_model_calls_total", "council_model_retries_total"
    assert figures.value(calls, model="work/model-a", outcome="overloaded") == 2
    assert figures.value(calls, model="work/model-a", outcome="answered") == 1
    assert figures.value(retries, model="work/model-a", failure="overloaded") == 2
    assert figures.value("council_model_tokens_total", kind="completion") > 0


async def test_a_breaker_is_seen_to_open_and_to_close(
    http: Http, provider: Provider, server: ModelServer
) -> None:
    server.scripts["model-a"] = Script(fault="500", times=FAILURES)
    observed = Observed(http, provider)

    await observed.fail(2)
    open_now = observed.figures()
    observed.now += 30
    await observed.models.complete(request())
    closed = observed.figures()

    assert open_now.value("council_breaker_open", model="work/model-a") == 1
    assert closed.value("council_breaker_open", model="work/model-a") == 0
    assert closed.value("council_breaker_openings_total", model="work/model-a") == 1


async def test_models_of_a_workspace_s_own_provider_have_no_name(
    http: Http, provider: Provider, server: ModelServer
) -> None:
    server.scripts["model-a"] = Script(fault="500")
    observed = Observed(http, replace(provider, is_own=True))

    await observed.fail(2)

    figures = observed.figures()
    assert figures.value("council_model_calls_total", model="own") == FAILURES
    assert figures.value("council_breaker_openings_total", model="own") == 1
    assert "model-a" not in figures.text


async def test_rehearsals_count_by_their_models_names() -> None:
    registry = CollectorRegistry()
    models = RehearsalModels(pace=0.01, observer=ModelMeters(registry))

    await models.complete(request(model=MEMBERS[0]))

    figures = Figures(generate_latest(registry).decode())
    assert figures.value("council_model_calls_total", model=MEMBERS[0]) == 1

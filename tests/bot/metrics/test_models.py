from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from bot.domain import FailureKind, ModelCall
from bot.metrics.models import ModelMeters
from bot.metrics.names import MOST_NAMES
from tests.scraping import Figures


class Meters:
    """Meters of models, and a clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.registry = CollectorRegistry()
        self.models = ModelMeters(self.registry, lambda: self.now)

    def figures(self) -> Figures:
        return Figures(generate_latest(self.registry).decode())


def call(model: str = "work/a", **changes: object) -> ModelCall:
    fields: dict[str, object] = {"model": model, "purpose": "answer", "latency_s": 2.0}
    return ModelCall(**{**fields, **changes})  # pyright: ignore[reportArgumentType] - field by field as above


def test_a_request_counts_with_what_it_took_and_cost() -> None:
    meters = Meters()

    for _ in range(2):
        done = call(prompt_tokens=100, completion_tokens=7, cost_usd=0.25)
        meters.models.called(done, is_own=False)

    figures = meters.figures()
    assert figures.value("council_model_calls_total", model="work/a", outcome="answered") == 2
    assert figures.value("council_model_tokens_total", model="work/a", kind="prompt") == 200
    assert figures.value("council_model_tokens_total", model="work/a", kind="completion") == 14
    assert figures.value("council_model_cost_dollars_total", model="work/a") == 0.5
    assert figures.value("council_model_call_seconds_sum", purpose="answer") == 4
    assert figures.value("council_model_unpriced_calls_total") == 0


def test_a_failed_request_counts_by_its_kind() -> None:
    meters = Meters()

    meters.models.called(call(failure=FailureKind.TIMED_OUT), is_own=False)

    figures = meters.figures()
    assert figures.value("council_model_calls_total", outcome="timed_out") == 1
    assert figures.value("council_model_unpriced_calls_total") == 0


def test_an_answer_of_unknown_cost_is_told_apart_from_one_for_nothing() -> None:
    meters = Meters()

    meters.models.called(call("work/a", cost_usd=None), is_own=False)
    meters.models.called(call("work/b", cost_usd=0.0), is_own=False)

    figures = meters.figures()
    assert figures.value("council_model_unpriced_calls_total") == 1
    assert figures.value("council_model_unpriced_calls_total", model="work/a") == 1


def test_a_provider_that_counts_below_zero_breaks_nothing() -> None:
    meters = Meters()

    done = call(prompt_tokens=-3, completion_tokens=-1, cost_usd=-1.0)
    meters.models.called(done, is_own=False)

    figures = meters.figures()
    assert figures.value("council_model_tokens_total") == 0
    assert figures.value("council_model_cost_dollars_total") == 0


def test_a_workspace_s_own_model_has_no_name() -> None:
    meters = Meters()

    meters.models.called(call("canary-corp/secret"), is_own=True)
    meters.models.retried("canary-corp/secret", FailureKind.OVERLOADED, is_own=True)
    meters.models.left_alone("canary-corp/secret", 30.0, is_own=True)

    figures = meters.figures()
    assert "canary" not in figures.text
    assert figures.value("council_model_calls_total", model="own") == 1
    assert figures.value("council_model_retries_total", model="own", failure="overloaded") == 1
    assert figures.value("council_breaker_open", model="own") == 1


def test_only_so_many_models_have_names() -> None:
    meters = Meters()

    for number in range(MOST_NAMES + 3):
        meters.models.called(call(f"work/{number}"), is_own=False)
    meters.models.called(call("work/0"), is_own=False)

    figures = meters.figures()
    assert figures.value("council_model_calls_total", model="other") == 3
    assert figures.value("council_model_calls_total", model="work/0") == 2


def test_a_breaker_is_open_until_its_time_is_over() -> None:
    meters = Meters()

    meters.models.left_alone("work/a", 30.0, is_own=False)
    early = meters.figures()
    meters.now += 30
    late = meters.figures()

    assert early.value("council_breaker_open", model="work/a") == 1
    assert late.value("council_breaker_open", model="work/a") == 0
    assert late.value("council_breaker_openings_total", model="work/a") == 1


def test_a_breaker_closes_early_when_its_model_answers() -> None:
    meters = Meters()

    meters.models.left_alone("work/a", 30.0, is_own=False)
    meters.models.left_alone("work/a", 0.0, is_own=False)

    figures = meters.figures()
    assert figures.value("council_breaker_open", model="work/a") == 0
    assert figures.value("council_breaker_openings_total", model="work/a") == 1

"""Requests to models: how many, how long, what they took, and which model is left alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain import FailureKind, ModelCall
from bot.metrics.names import OWN, ModelNames

# A request may last as long as a patient member's deadline.
_BUCKETS_S = (0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300)
_ANSWERED = "answered"


class ModelMeters:
    """Implements `bot.ports.observer.ModelsObserver`; `clock` tells seconds."""

    def __init__(
        self, registry: CollectorRegistry, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._names = ModelNames()
        self._breakers = _Breakers(clock)
        registry.register(self._breakers)
        self._seconds = Histogram(
            "council_model_call_seconds",
            "How long requests to models lasted, failed ones too.",
            ["model", "purpose"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self._calls = _counter(
            registry, "council_model_calls", "Requests to models by what came of them.", "outcome"
        )
        self._tokens = _counter(
            registry, "council_model_tokens", "Tokens that models read and wrote.", "kind"
        )
        self._cost = _counter(
            registry,
            "council_model_cost_dollars",
            "What models cost in US dollars, as far as known.",
        )
        self._unpriced = _counter(
            registry, "council_model_unpriced_calls", "Requests whose cost nobody knows."
        )
        self._retries = _counter(
            registry, "council_model_retries", "Requests that were sent again.", "failure"
        )
        self._openings = _counter(
            registry,
            "council_breaker_openings",
            "How often a model began to be left alone, because it failed again and again.",
        )

    def called(self, call: ModelCall, *, is_own: bool) -> None:
        """Count a request, what it took, and what it cost."""
        model = self._names.name(call.model, is_own=is_own)
        self._seconds.labels(model, call.purpose).observe(call.latency_s)
        self._calls.labels(model, call.failure or _ANSWERED).inc()
        for kind, tokens in (
            ("prompt", call.prompt_tokens),
            ("completion", call.completion_tokens),
        ):
            self._tokens.labels(model, kind).inc(_countable(tokens))
        if call.cost_usd is not None:
            self._cost.labels(model).inc(_countable(call.cost_usd))
        elif call.failure is None:
            self._unpriced.labels(model).inc()

    def retried(self, model: str, failure: FailureKind, *, is_own: bool) -> None:
        """Count a retry by what it is for."""
        self._retries.labels(self._names.name(model, is_own=is_own), failure).inc()

    def left_alone(self, model: str, for_s: float, *, is_own: bool) -> None:
        """Remember until when a model is left alone."""
        name = self._names.name(model, is_own=is_own)
        self._breakers.move(name, for_s)
        if for_s > 0:
            self._openings.labels(name).inc()


class _Breakers(Collector):
    """Which models are left alone at this moment."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def move(self, model: str, for_s: float) -> None:
        # Many models share that name; one of them says nothing of the others.
        if for_s > 0 or model != OWN:
            self._until[model] = self._clock() + for_s

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "council_breaker_open", "1 while a model is left alone, 0 afterwards.", labels=["model"]
        )
        now = self._clock()
        for model, until in tuple(self._until.items()):
            family.add_metric([model], 1.0 if until > now else 0.0)
        yield family


def _counter(registry: CollectorRegistry, name: str, about: str, *labels: str) -> Counter:
    return Counter(name, about, ["model", *labels], registry=registry)


def _countable(amount: float | None) -> float:
    """Return what may be added to a count, which cannot fall whatever a provider says."""
    return max(0.0, amount or 0.0)

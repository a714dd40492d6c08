"""Traces arrive at a collector, tell what operators need, and neither tell nor cost more."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from bot import logs
from bot.composition.tracing import Tracing, Untraced, open_tracing
from bot.config import load
from bot.council.course import deliberate
from bot.domain import Council, Deliberation, Failure, FailureKind, ModelCall, Place, Seat, State
from bot.domain.course import after
from bot.domain.events import Passing
from bot.errors import BadConfig, ModelError
from bot.llm.rehearsal import CHAIRMAN, MEMBERS, RehearsalModels
from bot.ports import Completion, ModelRequest, Models
from bot.tracing import open_traces
from tests.contracts.models import ModelsContract
from tests.fakes.collector import Collector, collecting, silent
from tests.fakes.council import deliberation
from tests.fakes.models import FakeModels, Says
from tests.program import make_bare

CANARY = "canary-9f86d081884c7d65"
ID = "1m84graz8bzj7zka"
REQUEST = ModelRequest("gemini/pro", f"{CANARY} sys", f"{CANARY}?", "answer", 10.0)
_CLIENT = 3
_ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bare(tmp_path, monkeypatch)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Collector]:
    async with collecting() as opened:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", opened.url)
        yield opened


class Rehearsed(RehearsalModels):
    """Quick stand-ins that keep what they were asked for."""

    def __init__(self) -> None:
        super().__init__(pace=0.01)
        self.requests: list[ModelRequest] = []

    async def complete(self, request: ModelRequest) -> Completion:
        self.requests.append(request)
        return await super().complete(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        self.requests.append(request)
        async with aclosing(super().stream(request)) as pieces:
            async for piece in pieces:
                yield piece


class Failing(FakeModels):
    """Models that fail after two requests, one of which cost something."""

    def __init__(self) -> None:
        super().__init__(lambda _: Says("42", 0.0))

    async def complete(self, request: ModelRequest) -> Completion:
        calls = (
            ModelCall(request.model, request.purpose, 1.5, FailureKind.CUT_OFF, 100, 20, 0.25),
            ModelCall(request.model, request.purpose, 0.5, FailureKind.OVERLOADED),
        )
        raise ModelError(Failure(FailureKind.OVERLOADED, f"busy {CANARY}"), calls)


async def hold(known: Deliberation, models: Models) -> Deliberation:
    """Hold a council."""
    async for event in deliberate(known, models):
        if not isinstance(event, Passing):
            known = after(known, event)
    return known


def council_of_stand_ins() -> Deliberation:
    council = Council(tuple(Seat(CANARY + name, name) for name in MEMBERS), Seat("M", CHAIRMAN))
    place = Place("slack", f"T-{CANARY}", f"C-{CANARY}", f"{CANARY}.1")
    known = deliberation(ID, place)
    question = known.question
    return Deliberation(
        ID,
        type(question)(f"Is it {CANARY}?", place, f"Ada {CANARY}"),
        council,
        known.created_at,
        is_rehearsal=True,
    )


async def held(tracing: Tracing, models: Models) -> Deliberation:
    """Hold a council as a worker does, its run and its models traced."""
    ended: list[Deliberation] = []
    new = council_of_stand_ins()

    async def run(_: str) -> None:
        ended.append(await hold(new, tracing.models(new, models)))

    await tracing.work(run)(ID)
    return ended[0]


async def test_each_model_call_of_a_run_is_a_span_in_the_span_of_the_run(
    collector: Collector,
) -> None:
    models = Rehearsed()

    async with open_tracing(load()) as tracing:
        ended = await held(tracing, models)

    (run,) = collector.named("deliberation")
    calls = collector.named("chat ")
    assert ended.state is State.DONE
    assert collector.services == {"council"}
    assert run.attributes == {"council.deliberation": ID}
    assert (run.parent, run.has_failed) == (b"", False)
    assert {call.parent for call in calls} == {run.id}
    assert sorted(str(call.attributes["council.purpose"]) for call in calls) == sorted(
        request.purpose for request in models.requests
    )
    assert sorted(f"chat {request.model.partition('/')[2]}" for request in models.requests) == (
        sorted(call.name for call in calls)
    )
    assert {call.kind for call in calls} == {_CLIENT}
    assert {str(call.attributes["council.deliberation"]) for call in calls} == {ID}
    assert all(int(str(call.attributes["gen_ai.usage.output_tokens"])) > 0 for call in calls)
    assert not any(call.has_failed for call in calls)


async def test_no_span_tells_a_question_an_answer_a_name_or_a_key(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"api-key={CANARY}")

    async with open_tracing(load()) as tracing:
        await held(tracing, Rehearsed())
        with pytest.raises(ModelError):
            await tracing.models(council_of_stand_ins(), Failing()).complete(REQUEST)
        with pytest.raises(RuntimeError):
            await tracing.work(_break)(ID)

    assert len(collector.spans) > 6
    assert collector.headers[0]["api-key"] == CANARY
    assert [body for body in collector.bodies if CANARY.encode() in body] == []
    assert CANARY in load().keys


async def _break(_: str) -> None:
    raise RuntimeError(CANARY)


async def test_a_call_tells_what_it_took(collector: Collector) -> None:
    models = FakeModels(lambda _: Says("42", 0.0, is_truncated=True))

    async with open_tracing(load()) as tracing:
        await tracing.models(deliberation(ID), models).complete(REQUEST)

    (span,) = collector.spans
    assert span.name == "chat pro"
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "gcp.gemini",
        "gen_ai.request.model": "pro",
        "gen_ai.request.stream": False,
        "gen_ai.output.type": "text",
        "gen_ai.response.finish_reasons": ["length"],
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 50,
        "council.deliberation": ID,
        "council.purpose": "answer",
        "council.requests": 1,
        "council.cost_usd": 0.001,
    }


async def test_a_call_that_failed_tells_why_and_what_it_cost_all_the_same(
    collector: Collector,
) -> None:
    async with open_tracing(load()) as tracing:
        with pytest.raises(ModelError):
            await tracing.models(deliberation(ID), Failing()).complete(REQUEST)

    (span,) = collector.spans
    assert span.has_failed
    assert span.attributes["error.type"] == "overloaded"
    assert span.attributes["council.requests"] == 2
    assert span.attributes["gen_ai.usage.input_tokens"] == 100
    assert span.attributes["council.cost_usd"] == 0.25
    assert span.events == (
        {"error.type": "cut_off", "council.seconds": 1.5},
        {"error.type": "overloaded", "council.seconds": 0.5},
    )


async def test_a_provider_that_a_workspace_brought_is_not_named(collector: Collector) -> None:
    request = replace(REQUEST, model=f"{CANARY}/{CANARY}-large")

    async with open_tracing(load()) as tracing:
        models = FakeModels(lambda _: Says("42", 0.0))
        await tracing.models(deliberation(ID), models).complete(request)

    (span,) = collector.spans
    assert span.name == "chat own"
    assert span.attributes["gen_ai.provider.name"] == "own"
    assert CANARY.encode() not in collector.bodies[0]


async def test_a_run_that_breaks_off_tells_the_kind_of_its_error(collector: Collector) -> None:
    async with open_tracing(load()) as tracing:
        with pytest.raises(RuntimeError):
            await tracing.work(_break)(ID)
        running = asyncio.create_task(_sleep(tracing))
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait({running})

    kinds = [(span.has_failed, span.attributes["error.type"]) for span in collector.spans]
    assert kinds == [(True, "RuntimeError"), (True, "cancelled")]


async def _sleep(tracing: Tracing) -> None:
    async def run(_: str) -> None:
        await asyncio.Event().wait()

    await tracing.work(run)(ID)


async def test_a_stream_that_is_left_has_not_failed(collector: Collector) -> None:
    async with open_tracing(load()) as tracing:
        models = tracing.models(deliberation(ID), FakeModels(lambda _: Says("a long text", 0.0)))
        async with aclosing(models.stream(REQUEST)) as pieces:
            await anext(pieces)

    (span,) = collector.spans
    assert not span.has_failed
    assert span.attributes["gen_ai.request.stream"] is True


@pytest.mark.parametrize("status", [500, 401])
async def test_a_collector_that_refuses_harms_no_council_and_is_told_of_once(
    collector: Collector, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", [])
    collector.status = status

    async with open_tracing(load()) as tracing:
        ended = [await held(tracing, Rehearsed()) for _ in range(2)]

    assert [each.state for each in ended] == [State.DONE] * 2
    assert capsys.readouterr().err.count("traces not taken") == 1


async def test_an_address_where_nobody_is_harms_no_council(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", [])
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")

    async with open_tracing(load()) as tracing:
        ended = await held(tracing, Rehearsed())

    assert ended.state is State.DONE
    assert "traces not taken; check OTEL_EXPORTER_OTLP_ENDPOINT" in capsys.readouterr().err


async def test_a_collector_that_never_answers_holds_up_neither_councils_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with silent() as url, asyncio.timeout(20):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "60")
        async with open_traces((), goodbye_s=0.2) as tracing:
            ended = await held(tracing, Rehearsed())

    assert ended.state is State.DONE


async def test_what_is_given_up_is_not_tried_again(collector: Collector) -> None:
    collector.status = 503
    before = set(threading.enumerate())

    async with open_traces((), goodbye_s=0.2) as tracing:
        sender = set(threading.enumerate()) - before
        await tracing.work(_nothing)(ID)

    assert sender
    async with asyncio.timeout(4):  # and it would try for eight seconds
        while any(thread.is_alive() for thread in sender):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


async def test_an_operator_may_name_the_service(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "council-of-ours")

    async with open_tracing(load()) as tracing:
        await tracing.models(deliberation(ID), RehearsalModels()).list("rehearsal")
        await tracing.work(_nothing)(ID)

    assert collector.services == {"council-of-ours"}


async def _nothing(_: str) -> None:
    pass


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
)
async def test_without_a_wish_for_traces_there_are_none(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    models = RehearsalModels()

    async with open_tracing(load()) as tracing:
        assert isinstance(tracing, Untraced)
        assert tracing.models(deliberation(), models) is models
        assert tracing.work(_nothing) is _nothing


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER must be otlp or none"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
            "OpenTelemetry cannot read one of its variables",
        ),
    ],
)
async def test_what_cannot_be_done_is_said(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadConfig, match=said):
        async with open_tracing(load()):
            pass


async def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delitem(sys.modules, "bot.tracing")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)

    with pytest.raises(BadConfig, match=r"pip install \"council-bot\[telemetry\]\""):
        async with open_tracing(load()):
            pass


def test_who_sends_no_traces_does_not_load_what_sends_them() -> None:
    code = (
        "import sys, bot.composition.tracing, bot.work.engine;"
        "sys.exit('opentelemetry' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", code], cwd=_ROOT, check=False)  # noqa: S603

    assert ended.returncode == 0


class TestTracedModels(ModelsContract):
    """The contract of the port, with spans that nobody looks at."""

    @pytest.fixture
    async def models(self, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Models]:
        monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
        async with open_tracing(load()) as tracing:
            yield tracing.models(deliberation(ID), RehearsalModels(pace=0.01))

    @pytest.fixture
    def model(self) -> str:
        return MEMBERS[0]

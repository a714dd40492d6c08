"""Traces by OpenTelemetry: a span for each run of a deliberation, in it one for each model call.

Loaded only where traces are sent: what it imports is an extra. Names are those of OpenTelemetry's
conventions for generative AI; what these lack is named `council.…`:
https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/

No span holds a question, an answer, a name of a workspace or a person, or a key.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Generator,
    Iterable,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from types import MappingProxyType

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

from bot.domain import Deliberation, ModelCall
from bot.errors import BadConfig, ModelError
from bot.ports import Completion, ModelInfo, ModelRequest, Models

# A collector that does not answer must not hold up the end of the process.
_GOODBYE_S = 3.0
_RUN = "deliberation"
_OPERATION = "chat"
# A workspace's own provider, whose name may be the workspace's.
_OWN = "own"
# Providers whose names the conventions fix; others go by the names that they have here.
_CONVENTIONAL = MappingProxyType({"gemini": "gcp.gemini", "mistral": "mistral_ai", "xai": "x_ai"})

log: structlog.stdlib.BoundLogger = structlog.get_logger()

Work = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def open_traces(
    providers: Collection[str], *, goodbye_s: float = _GOODBYE_S
) -> AsyncGenerator[Traces]:
    """Send spans by OTLP over HTTP while the context is open.

    Only the operator's `providers` are named in them, with their models. Where they go, how often
    and how many is for OpenTelemetry's own variables to say. What cannot be sent within
    `goodbye_s` at the end is given up. Raises `BadConfig` if it cannot read one of its variables.
    """
    try:
        exporter = _Watched(OTLPSpanExporter())
        # At the end of the process it would wait for half a minute.
        provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    except (ValueError, RuntimeError, OSError) as error:
        message = "OpenTelemetry cannot read one of its variables (OTEL_…); check their values."
        raise BadConfig(message) from error
    try:
        yield Traces(provider.get_tracer("council"), providers)
    finally:
        await _shut_down(provider, goodbye_s)
        exporter.shutdown()


class Traces:
    """What puts runs and model calls into spans."""

    def __init__(self, tracer: Tracer, providers: Collection[str]) -> None:
        self._tracer = tracer
        self._providers = frozenset(providers)

    def work(self, work: Work) -> Work:
        """Return work on a deliberation, given its id, that is a span each time."""

        async def traced(deliberation_id: str) -> None:
            attributes = {"council.deliberation": deliberation_id}
            with (
                self._tracer.start_as_current_span(
                    _RUN,
                    attributes=attributes,
                    # An exception's text may hold anything.
                    record_exception=False,
                    set_status_on_exception=False,
                ) as span,
                _failing(span),
            ):
                await work(deliberation_id)

        return traced

    def models(self, deliberation: Deliberation, models: Models) -> Models:
        """Return models each of whose calls is a span."""
        return TracedModels(deliberation.id, models, self._tracer, self._providers)


class TracedModels:
    """Models each of whose calls is a span; implements `bot.ports.Models`.

    The span's parent is whatever span the call is made in.
    """

    def __init__(
        self, deliberation_id: str, models: Models, tracer: Tracer, providers: Collection[str]
    ) -> None:
        self._deliberation_id = deliberation_id
        self._models = models
        self._tracer = tracer
        self._providers = providers

    async def complete(self, request: ModelRequest) -> Completion:
        """Ask in one plain call. Raises `ModelError`."""
        with self._call(request, is_stream=False) as span:
            completion = await self._models.complete(request)
            _note(span, completion)
            return completion

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield pieces of text and the `Completion` last. Raises as `complete`."""
        with self._call(request, is_stream=True) as span:
            async with aclosing(self._models.stream(request)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        _note(span, piece)
                    yield piece

    async def list(self, provider: str) -> tuple[ModelInfo, ...]:
        """List a provider's models. Raises `NotFound`, `ModelError`."""
        return await self._models.list(provider)

    @contextmanager
    def _call(self, request: ModelRequest, *, is_stream: bool) -> Generator[Span]:
        provider, _, model = request.model.partition("/")
        if provider not in self._providers:
            provider = model = _OWN
        span = self._tracer.start_span(
            f"{_OPERATION} {model}",
            kind=SpanKind.CLIENT,
            attributes={
                "gen_ai.operation.name": _OPERATION,
                "gen_ai.provider.name": _CONVENTIONAL.get(provider, provider),
                "gen_ai.request.model": model,
                "gen_ai.request.stream": is_stream,
                "gen_ai.output.type": "text" if request.schema is None else "json",
                "council.deliberation": self._deliberation_id,
                "council.purpose": request.purpose,
            },
        )
        # Not made the current one: a stream may be closed by another task than its reader's.
        try:
            with _failing(span):
                yield span
        finally:
            span.end()


@contextmanager
def _failing(span: Span) -> Generator[None]:
    """Mark a span with the kind of what is raised in it, never with its text."""
    try:
        yield
    except ModelError as error:
        _note_calls(span, error.calls)
        _fail(span, error.failure.kind)
        raise
    except asyncio.CancelledError:
        _fail(span, "cancelled")
        raise
    except Exception as error:
        _fail(span, type(error).__name__)
        raise


def _fail(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)


def _note(span: Span, completion: Completion) -> None:
    reason = "length" if completion.is_truncated else "stop"
    span.set_attribute("gen_ai.response.finish_reasons", [reason])
    _note_calls(span, completion.calls)


def _note_calls(span: Span, calls: Sequence[ModelCall]) -> None:
    """Add up what the requests took, those that failed too; what nobody knows is left out."""
    span.set_attribute("council.requests", len(calls))
    sums = {
        "gen_ai.usage.input_tokens": _sum(call.prompt_tokens for call in calls),
        "gen_ai.usage.output_tokens": _sum(call.completion_tokens for call in calls),
        "council.cost_usd": _sum(call.cost_usd for call in calls),
    }
    for name, known in sums.items():
        if known is not None:
            span.set_attribute(name, known)
    for call in calls:
        if call.failure is not None:
            facts = {"error.type": call.failure, "council.seconds": call.latency_s}
            span.add_event("request failed", facts)


def _sum(numbers: Iterable[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _resource() -> Resource:
    """Say who sends the spans; an operator may say it otherwise."""
    known = Resource.create()
    if str(known.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return known.merge(Resource({SERVICE_NAME: "council"}))
    return known


class _Watched(SpanExporter):
    """An exporter that says in the log when it begins to fail, and when it works again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._is_failing = self._is_over = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        is_failing = result is not SpanExportResult.SUCCESS
        if is_failing and not self._is_failing:
            log.warning("traces not taken; check OTEL_EXPORTER_OTLP_ENDPOINT")
        elif self._is_failing and not is_failing:
            log.info("traces taken again")
        self._is_failing = is_failing
        return result

    def shutdown(self) -> None:
        """Try no more; what is about to be sent again is given up."""
        if not self._is_over:
            self._is_over = True
            self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._exporter.force_flush(timeout_millis)


async def _shut_down(provider: TracerProvider, within_s: float) -> None:
    """Send what is left; what takes longer than a moment is given up."""
    loop = asyncio.get_running_loop()
    is_sent = asyncio.Event()

    def send() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(is_sent.set)

    # A thread of the loop's own would be waited for when the loop is closed.
    threading.Thread(target=send, daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await is_sent.wait()

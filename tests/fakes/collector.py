"""A collector of traces on a real socket: what OpenTelemetry sends, decoded and as it came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.composition.web import open_web

Value = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A span as a collector sees it; `events` are the attributes of what happened in it."""

    name: str
    id: bytes
    parent: bytes
    kind: int
    has_failed: bool
    attributes: Mapping[str, Value]
    events: tuple[Mapping[str, Value], ...]


@dataclass
class Collector:
    """What was sent; `status` is what the next deliveries are answered with."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list[bytes])
    headers: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    spans: list[Seen] = field(default_factory=list[Seen])
    services: set[str] = field(default_factory=set[str])

    def named(self, start: str) -> list[Seen]:
        """Return the spans whose names begin so, in the order of their ends."""
        return [span for span in self.spans if span.name.startswith(start)]

    async def take(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        if self.status == 200:
            self._decode(body)
        return Response(status_code=self.status)

    def _decode(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services.add(str(_values(resource.resource.attributes)["service.name"]))
            for scope in resource.scope_spans:
                self.spans += [
                    Seen(
                        span.name,
                        span.span_id,
                        span.parent_span_id,
                        span.kind,
                        span.status.code == span.status.STATUS_CODE_ERROR,
                        _values(span.attributes),
                        tuple(_values(event.attributes) for event in span.events),
                    )
                    for span in scope.spans
                ]


@asynccontextmanager
async def collecting() -> AsyncGenerator[Collector]:
    """Collect traces while the context is open."""
    collector = Collector()
    route = Route("/v1/traces", collector.take, methods=["POST"])
    async with open_web([route], "127.0.0.1", 0) as port:
        collector.url = f"http://127.0.0.1:{port}"
        yield collector


@asynccontextmanager
async def silent() -> AsyncGenerator[str]:
    """Give an address that takes connections and never answers."""
    accepted: list[asyncio.StreamWriter] = []

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in accepted:
            writer.close()


def _values(attributes: Iterable[KeyValue]) -> dict[str, Value]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> Value:
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "double_value":
            return value.double_value
        case "bool_value":
            return value.bool_value
        case _:
            return [each.string_value for each in value.array_value.values]

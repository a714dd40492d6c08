"""Every way in which a model server misbehaves, by name: `FAULTS`."""

from __future__ import annotations

import asyncio
import gzip
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from bot.domain import FailureKind
from tests.fakes.model_wires import Usage, Wire

HTML = b"<!doctype html><html><body><h1>Welcome to the office network</h1></body></html>"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as a fault sees it.

    `text` is what a good model would have said; a tick is what the server takes for a second.
    """

    request: web.Request
    wire: Wire
    is_stream: bool
    text: str
    tick_s: float

    def ok(self, body: bytes, content_type: str = "application/json") -> web.Response:
        return web.Response(body=body, content_type=content_type)

    async def open(self, **headers: str) -> web.StreamResponse:
        kind = "text/event-stream" if self.is_stream else "application/json"
        response = web.StreamResponse(headers={"Content-Type": kind, **headers})
        await response.prepare(self.request)
        return response

    async def send(
        self, chunks: Iterable[bytes] | AsyncIterator[bytes], **headers: str
    ) -> web.StreamResponse:
        response = await self.open(**headers)
        if isinstance(chunks, AsyncIterator):
            async for chunk in chunks:
                await response.write(chunk)
        else:
            for chunk in chunks:
                await response.write(chunk)
        await response.write_eof()
        return response

    async def answer(
        self, text: str | None, *, finish: str | None = "stop", usage: Usage | None = None
    ) -> web.StreamResponse:
        if not self.is_stream:
            return self.ok(self.wire.document(text, finish, usage))
        return await self.send(self.wire.events([] if text is None else [text], finish, usage))


Handler = Callable[[Exchange], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A misbehaviour and the failure that a caller should see.

    `kind` is None if a good client still gets the answer.
    """

    play: Handler
    kind: FailureKind | None


def _status(status: int, retry_after: Callable[[], str] | str | None = None) -> Handler:
    async def play(exchange: Exchange) -> web.StreamResponse:
        value = retry_after() if callable(retry_after) else retry_after
        return web.Response(
            status=status,
            body=exchange.wire.error(status),
            content_type="application/json",
            headers={} if value is None else {"Retry-After": value},
        )

    return play


def _coded(status: int, code: str) -> Handler:
    async def play(_: Exchange) -> web.StreamResponse:
        return web.json_response({"error": {"type": code, "code": code}}, status=status)

    return play


def _soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)


async def _hang(_: Exchange) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _hang_after_first(exchange: Exchange) -> web.StreamResponse:
    first = exchange.wire.piece("Well, ") if exchange.is_stream else b'{"choices": ['
    response = await exchange.open()
    await response.write(first)
    await asyncio.Event().wait()
    return response


async def _drip(exchange: Exchange) -> web.StreamResponse:
    async def drops() -> AsyncIterator[bytes]:
        for letter in itertools.cycle("drip "):
            yield exchange.wire.piece(letter) if exchange.is_stream else b" "
            await asyncio.sleep(exchange.tick_s)

    return await exchange.send(drops())


async def _keep_alive_only(exchange: Exchange) -> web.StreamResponse:
    async def comments() -> AsyncIterator[bytes]:
        while True:
            yield b": PROCESSING\n\n" if exchange.is_stream else b"\n"
            await asyncio.sleep(exchange.tick_s)

    return await exchange.send(comments())


async def _cut(exchange: Exchange) -> web.StreamResponse:
    """Announce a chunk of 4096 bytes, send a few and drop the connection."""
    response = await exchange.open()
    body = exchange.wire.piece("Half of a") if exchange.is_stream else b'{"choices": [{"mess'
    await response.write(body)
    transport = exchange.request.transport
    assert isinstance(transport, asyncio.Transport)
    transport.write(b"1000\r\ndata: {")
    transport.close()
    return response


async def _drop(exchange: Exchange) -> web.StreamResponse:
    transport = exchange.request.transport
    assert transport is not None
    transport.close()
    return web.Response()


async def _no_finish(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer("It ends here", finish=None)


async def _keep_alive_after_finish(exchange: Exchange) -> web.StreamResponse:
    """Say everything but never end the stream."""
    if not exchange.is_stream:
        return await exchange.answer(exchange.text)

    async def events() -> AsyncIterator[bytes]:
        *said, _ = exchange.wire.events([exchange.text], "stop", None)
        yield b"".join(said)
        while True:
            yield b": PROCESSING\n\n"
            await asyncio.sleep(exchange.tick_s)

    return await exchange.send(events())


def _error_inside(status: int) -> Handler:
    async def play(exchange: Exchange) -> web.StreamResponse:
        if not exchange.is_stream:
            return exchange.ok(exchange.wire.error(status))
        return await exchange.send([b": PROCESSING\n\n", exchange.wire.error_event(status)])

    return play


async def _error_after_first(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        return exchange.ok(exchange.wire.error(502))

    async def events() -> AsyncIterator[bytes]:
        yield exchange.wire.piece("Well, ")
        await asyncio.sleep(exchange.tick_s)
        yield exchange.wire.error_event(502)

    return await exchange.send(events())


async def _html(exchange: Exchange) -> web.StreamResponse:
    return exchange.ok(HTML, "text/html")


async def _bad_utf8(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        return exchange.ok(exchange.wire.document("caf#", "stop", None).replace(b"#", b"\xe9"))
    return await exchange.send([exchange.wire.piece("caf#").replace(b"#", b"\xe9")])


async def _half_json(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        return exchange.ok(exchange.wire.document(exchange.text, "stop", None)[:-30])
    return await exchange.send([b'data: {"choices": [{"delta": {"content": "ha\n\n'])


async def _nul(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer("\0".join(exchange.text))


async def _raw_nul(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        document = exchange.wire.document(exchange.text, "stop", None)
        return exchange.ok(document.replace(b" ", b" \0"))
    events = exchange.wire.events([exchange.text], "stop", None)
    return await exchange.send(event.replace(b" ", b" \0") for event in events)


async def _only_nul(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer("\0\0\0")


async def _null(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer(None)


async def _empty(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer("")


async def _white_space(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer(" \n\t \u200b\n")


async def _huge(exchange: Exchange) -> web.StreamResponse:
    """Send an answer of 50 MB in pieces of 50 kB."""
    text = "very long " * 5000
    pieces = itertools.repeat(text, 50 * MEGABYTE // len(text))
    if exchange.is_stream:
        return await exchange.send(exchange.wire.events(pieces, "stop", None))
    before, after = exchange.wire.document("#", "stop", None).split(b"#")
    return await exchange.send(itertools.chain([before], map(str.encode, pieces), [after]))


async def _no_newline(exchange: Exchange) -> web.StreamResponse:
    """Send 26 MB without a newline."""
    return await exchange.send(itertools.chain([b"data: "], itertools.repeat(b"x" * 65_536, 400)))


async def _gzip_bomb(exchange: Exchange) -> web.StreamResponse:
    return await exchange.send([_bomb()], **{"Content-Encoding": "gzip"})


def _bomb() -> bytes:
    """Return 200 MB of blanks in 200 kB: gzip allows to put one packet behind another."""
    return gzip.compress(b" " * MEGABYTE) * 200


async def _tool_call(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        return exchange.ok(exchange.wire.tool_call())
    return await exchange.send(exchange.wire.tool_call_events())


async def _refusal(exchange: Exchange) -> web.StreamResponse:
    if not exchange.is_stream:
        return exchange.ok(exchange.wire.refusal())
    return await exchange.send(exchange.wire.refusal_events())


async def _redirect(_: Exchange) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/elsewhere"})


async def _odd_content_type(exchange: Exchange) -> web.StreamResponse:
    if exchange.is_stream:
        events = exchange.wire.events([exchange.text], "stop", None)
        return await exchange.send(events, **{"Content-Type": "application/octet-stream"})
    return exchange.ok(exchange.wire.document(exchange.text, "stop", None), "text/plain")


async def _never_streams(exchange: Exchange) -> web.StreamResponse:
    return exchange.ok(exchange.wire.document(exchange.text, "stop", None))


async def _always_streams(exchange: Exchange) -> web.StreamResponse:
    events = exchange.wire.events([exchange.text], "stop", None)
    return await exchange.send(events, **{"Content-Type": "text/event-stream"})


async def _without_usage(exchange: Exchange) -> web.StreamResponse:
    return await exchange.answer(exchange.text, usage=None)


def _with_usage(prompt: object, completion: object) -> Handler:
    async def play(exchange: Exchange) -> web.StreamResponse:
        usage: Usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "input_tokens": prompt,
            "output_tokens": completion,
        }
        return await exchange.answer(exchange.text, usage=usage)

    return play


FAULTS: dict[str, Fault] = {
    "429": Fault(_status(429), FailureKind.RATE_LIMITED),
    "429-retry-after-2": Fault(_status(429, "2"), FailureKind.RATE_LIMITED),
    "429-retry-after-huge": Fault(_status(429, "86400"), FailureKind.RATE_LIMITED),
    "429-retry-after-date": Fault(_status(429, _soon), FailureKind.RATE_LIMITED),
    "429-no-credit": Fault(_coded(429, "insufficient_quota"), FailureKind.NO_CREDIT),
    "400-too-long": Fault(_coded(400, "context_length_exceeded"), FailureKind.BAD_REQUEST),
    "500": Fault(_status(500), FailureKind.SERVER_ERROR),
    "502": Fault(_status(502), FailureKind.SERVER_ERROR),
    "503": Fault(_status(503), FailureKind.OVERLOADED),
    "504": Fault(_status(504), FailureKind.SERVER_ERROR),
    "529": Fault(_status(529), FailureKind.OVERLOADED),
    "400": Fault(_status(400), FailureKind.BAD_REQUEST),
    "401": Fault(_status(401), FailureKind.UNAUTHORISED),
    "402": Fault(_status(402), FailureKind.NO_CREDIT),
    "403": Fault(_status(403), FailureKind.UNAUTHORISED),
    "404": Fault(_status(404), FailureKind.NOT_FOUND),
    "redirect": Fault(_redirect, FailureKind.BAD_REQUEST),
    "drop": Fault(_drop, FailureKind.UNREACHABLE),
    "hang": Fault(_hang, FailureKind.TIMED_OUT),
    "hang-after-first": Fault(_hang_after_first, FailureKind.TIMED_OUT),
    "drip": Fault(_drip, FailureKind.TIMED_OUT),
    "keep-alive-only": Fault(_keep_alive_only, FailureKind.TIMED_OUT),
    "cut": Fault(_cut, FailureKind.CUT_OFF),
    "no-finish": Fault(_no_finish, FailureKind.CUT_OFF),
    "error-inside-200": Fault(_error_inside(529), FailureKind.OVERLOADED),
    "error-after-first": Fault(_error_after_first, FailureKind.SERVER_ERROR),
    "html": Fault(_html, FailureKind.MALFORMED),
    "bad-utf8": Fault(_bad_utf8, FailureKind.MALFORMED),
    "half-json": Fault(_half_json, FailureKind.MALFORMED),
    "only-nul": Fault(_only_nul, FailureKind.EMPTY),
    "content-null": Fault(_null, FailureKind.EMPTY),
    "empty": Fault(_empty, FailureKind.EMPTY),
    "white-space": Fault(_white_space, FailureKind.EMPTY),
    "huge": Fault(_huge, FailureKind.TOO_LARGE),
    "no-newline": Fault(_no_newline, FailureKind.TOO_LARGE),
    "gzip-bomb": Fault(_gzip_bomb, FailureKind.MALFORMED),
    "tool-call": Fault(_tool_call, FailureKind.TOOL_CALL),
    "refusal": Fault(_refusal, FailureKind.REFUSED),
    "nul-bytes": Fault(_nul, None),
    "raw-nul-bytes": Fault(_raw_nul, None),
    "keep-alive-after-finish": Fault(_keep_alive_after_finish, None),
    "odd-content-type": Fault(_odd_content_type, None),
    "never-streams": Fault(_never_streams, None),
    "always-streams": Fault(_always_streams, None),
    "usage-missing": Fault(_without_usage, None),
    "usage-negative": Fault(_with_usage(-5, -1), None),
    "usage-string": Fault(_with_usage("7", "many"), None),
}

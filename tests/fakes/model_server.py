"""A model server on a real socket that plays any number of models, good ones and bad ones.

It speaks chat completions below `/v1` and Anthropic's Messages API below `/anthropic/v1`. A model
without a script is a good council model: it answers, reviews the labels that the prompt holds and
writes a synthesis. As a program: `python -m tests.fakes.model_server --port 0 --script file.json`
prints its port; `GET /requests` tells what was asked, `PUT /scripts` replaces the scripts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.llm.rehearsal_text import write
from tests.fakes.model_faults import FAULTS, Exchange
from tests.fakes.model_wires import AnthropicWire, OpenAIWire, Usage, Wire

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """How a model behaves.

    `text` is said in place of a good model's words, `texts` by purpose. A `fault` is a name of
    `FAULTS`; it applies to the first `times` requests of the `only` purposes, None and empty
    meaning all of them. `pieces` is into how many parts a stream is cut, `pause_s` the time between
    them. `structure` is the strongest structured output that is accepted: schema, json or text.
    `repeats_key`: it refuses the key and says it out loud.
    """

    text: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    latency_s: float = 0.0
    pieces: int = 8
    pause_s: float = 0.0
    fault: str | None = None
    times: int | None = None
    only: tuple[str, ...] = ()
    finish: str = "stop"
    cost_usd: float | None = None
    structure: str = "schema"
    sees: bool = True
    names_what_it_refuses: bool = True
    repeats_key: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the server.

    `at_s` is on the monotonic clock; requests on one connection come from the same `port`.
    """

    model: str
    purpose: str
    is_stream: bool
    at_s: float
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    port: int


class ModelServer:
    """Models on 127.0.0.1; an asynchronous context manager.

    `accepted_keys` are those that open the list of models and `/v1/key`, None for any;
    `lists_for_all`: the list needs none. `at_once` counts the requests that are being answered,
    `most_at_once` how many they ever were.
    """

    def __init__(
        self,
        scripts: Mapping[str, Script] | None = None,
        *,
        default: Script | None = None,
        tick_s: float = 1.0,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.scripts = dict(scripts or {})
        self.default = default or Script()
        self.requests: list[Asked] = []
        self.at_once = self.most_at_once = 0
        self.listing: list[dict[str, object]] | None = None
        self.accepted_keys: set[str] | None = None
        self.lists_for_all = False
        self._tls = tls
        self._arrived = asyncio.Event()
        self._tick_s = tick_s
        self._port = port
        self._faulty: dict[str, int] = {}
        self._stack = ExitStack()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64_000_000)
        app.router.add_post("/v1/chat/completions", self._complete_openai)
        app.router.add_post("/anthropic/v1/messages", self._complete_anthropic)
        app.router.add_get("/v1/models", self._list)
        app.router.add_get("/v1/key", self._check_key)
        app.router.add_get("/anthropic/v1/models", self._list)
        app.router.add_get("/requests", self._tell)
        app.router.add_put("/scripts", self._rescript)
        # A hanging handler must end with its client, and at once when the server stops.
        self._runner = web.AppRunner(
            app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self._tls)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._deaf = self._stack.enter_context(socket.socket())
        self._deaf.bind(("127.0.0.1", 0))  # bound but never listening: connections are refused
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        return self._port

    @property
    def base_url(self) -> str:
        """For providers of kind `openai`."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def anthropic_url(self) -> str:
        """For providers of kind `anthropic`."""
        return f"http://127.0.0.1:{self._port}/anthropic/v1"

    @property
    def refusing_url(self) -> str:
        """Where nobody listens."""
        return f"http://127.0.0.1:{self._deaf.getsockname()[1]}/v1"

    def calls(self, model: str | None = None, purpose: str | None = None) -> int:
        """Count the requests, of one model or purpose if given."""
        return sum(
            model in (None, asked.model) and purpose in (None, asked.purpose)
            for asked in self.requests
        )

    async def wait_for_calls(self, calls: int) -> None:
        """Return once so many requests have come in."""
        while len(self.requests) < calls:
            self._arrived.clear()
            await self._arrived.wait()

    async def _complete_openai(self, request: web.Request) -> web.StreamResponse:
        return await self._complete(request, OpenAIWire())

    async def _complete_anthropic(self, request: web.Request) -> web.StreamResponse:
        return await self._complete(request, AnthropicWire())

    async def _complete(self, request: web.Request, wire: Wire) -> web.StreamResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._respond(request, wire)
        finally:
            self.at_once -= 1

    async def _respond(self, request: web.Request, wire: Wire) -> web.StreamResponse:
        at_s = time.monotonic()
        body = json.loads(await request.read())
        model, (system, prompt) = str(body["model"]), _read(body)
        purpose = find_purpose(system)
        is_stream = bool(body.get("stream"))
        peer = request.transport and request.transport.get_extra_info("peername")
        port = peer[1] if peer else 0
        self.requests.append(
            Asked(model, purpose, is_stream, at_s, body, dict(request.headers), port)
        )
        self._arrived.set()
        script = self.scripts.get(model, self.default)
        text = script.texts.get(purpose, script.text)
        if text is None:
            text = write(purpose.replace("repair", "review"), model, prompt)
        await asyncio.sleep(script.latency_s)
        if script.repeats_key:
            return _refuse_key(request)
        fault = script.fault if self._is_faulty(model, purpose, script) else None
        with suppress(ConnectionResetError):  # the client may leave at any time
            if fault is not None:
                exchange = Exchange(request, wire, is_stream, text, self._tick_s)
                return await FAULTS[fault].play(exchange)
            if refused := _refuse(script, body):
                return web.json_response({"error": {"message": refused, "code": 400}}, status=400)
            return await _answer(request, wire, script, text, prompt=prompt, is_stream=is_stream)
        return web.Response()

    def _is_faulty(self, model: str, purpose: str, script: Script) -> bool:
        if script.fault is None or (script.only and purpose not in script.only):
            return False
        self._faulty[model] = self._faulty.get(model, 0) + 1
        return script.times is None or self._faulty[model] <= script.times

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if not self.lists_for_all and (refusal := self._refusal(request)) is not None:
            return refusal
        models = self.listing
        if models is None:
            models = [{"id": name, "object": "model"} for name in sorted(self.scripts)]
        return web.json_response({"object": "list", "data": models})

    async def _check_key(self, request: web.Request) -> web.StreamResponse:
        return self._refusal(request) or web.json_response({"data": {"label": "a key"}})

    def _refusal(self, request: web.Request) -> web.Response | None:
        is_accepted = self.accepted_keys is None or _key(request) in self.accepted_keys
        return None if is_accepted else _refuse_key(request)

    async def _tell(self, request: web.Request) -> web.StreamResponse:
        return web.json_response([asdict(asked) for asked in self.requests])

    async def _rescript(self, request: web.Request) -> web.StreamResponse:
        self.scripts, self.default = read_scripts(await request.json())
        self._faulty.clear()
        return web.Response(status=204)


async def _answer(
    request: web.Request, wire: Wire, script: Script, text: str, *, prompt: str, is_stream: bool
) -> web.StreamResponse:
    usage: Usage = wire.usage(len(prompt) // 4, max(1, len(text) // 4))
    if script.cost_usd is not None:
        usage["cost"] = script.cost_usd
    if not is_stream:
        body = wire.document(text, script.finish, usage)
        return web.Response(body=body, content_type="application/json")
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    events = wire.events(_cut(text, script.pieces), script.finish, usage)
    if not script.pause_s:
        await response.write(b"".join(events))
    else:
        for event in events:
            await response.write(event)
            await asyncio.sleep(script.pause_s)
    await response.write_eof()
    return response


def _refuse_key(request: web.Request) -> web.Response:
    """Say the key out loud, in the body and in a header, as some servers do."""
    key = _key(request)
    error = {"error": {"message": f"Incorrect API key: {key}", "code": "invalid_api_key"}}
    return web.json_response(error, status=401, reason=key, headers={"X-Refused-Key": key})


def _key(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def find_purpose(system: str) -> str:
    """Tell what a prompt is for: answer, review, repair, revision, objection or synthesis."""
    marks = {
        "You turn a written review": "repair",
        "revised_because": "revision",
        "You are the devil's advocate": "objection",
        "reference_points": "review",
        '"dissent"': "synthesis",
    }
    return next((purpose for mark, purpose in marks.items() if mark in system), "answer")


def read_scripts(document: Json) -> tuple[dict[str, Script], Script]:
    """Read `{"models": {name: {…}}, "default": {…}}` with the fields of `Script`."""
    models = {name: _script(fields) for name, fields in document.get("models", {}).items()}
    return models, _script(document.get("default", {}))


def _script(fields: Json) -> Script:
    plain: dict[str, Any] = {**fields, "only": tuple(fields.get("only", ()))}
    return Script(**plain)


def _read(body: Json) -> tuple[str, str]:
    texts = {"system": [body.get("system", "")], "user": []}
    for message in body["messages"]:
        content = message["content"]
        parts = [{"text": content}] if isinstance(content, str) else content
        texts[message["role"]].extend(part.get("text", "") for part in parts)
    return "\n\n".join(texts["system"]), "\n\n".join(texts["user"])


def _refuse(script: Script, body: Json) -> str | None:
    if not script.sees and re.search(r'"type": "image(_url)?"', json.dumps(body["messages"])):
        return "image input is not supported" if script.names_what_it_refuses else "no"
    wanted = body.get("response_format", {}).get("type") or body.get("output_config")
    refused = {"schema": (), "json": ("json_schema",), "text": ("json_schema", "json_object")}
    if wanted in refused[script.structure] or (
        isinstance(wanted, dict) and script.structure != "schema"
    ):
        return "response_format is not supported" if script.names_what_it_refuses else "no"
    return None


def _cut(text: str, pieces: int) -> Iterator[str]:
    size = max(1, -(-len(text) // pieces))
    return (text[start : start + size] for start in range(0, len(text), size))


async def _serve(port: int, document: Json) -> None:
    scripts, default = read_scripts(document)
    async with ModelServer(scripts, default=default, port=port) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A model server that misbehaves on request.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", type=Path)
    options = parser.parse_args()
    document: Json = json.loads(options.script.read_bytes()) if options.script else {}
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, document))


if __name__ == "__main__":
    main()

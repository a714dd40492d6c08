"""Socket Mode over real sockets, through refreshes, outages and the end of the program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.wire import socket as slack_socket
from adapters.slack.wire.http import SlackHttp, open_http
from adapters.slack.wire.socket import open_socket
from bot.errors import BadConfig
from tests.fakes.slack import faults
from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.server import SlackServer


class Program:
    """A Bolt app that answers commands, a slow one when it is told to."""

    def __init__(self, http: SlackHttp) -> None:
        self.http = http
        self.mentions: list[str] = []
        self.fails = 0
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.app: Any = AsyncApp(
            client=http.client,
            signing_secret="x",
            authorize=_authorize,
            process_before_response=True,
        )
        self.app.command("/council")(self._command)
        self.app.event("app_mention")(self._mention)
        self.app.error(self._failed)

    async def _command(self, ack: Any, body: Any) -> None:
        if body["text"] == "slow":
            self.has_begun.set()
            await self.may_end.wait()
        await (ack() if body["text"] == "nothing" else ack(body["text"]))

    async def _mention(self, event: Any) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError
        self.mentions.append(event["text"])

    async def _failed(self) -> Any:
        return web.Response(status=503)


async def _authorize(enterprise_id: Any, team_id: str) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_token="xoxb-1",
        bot_id="B",
        bot_user_id="U",
    )


@pytest.fixture
async def program(slack: SlackServer) -> AsyncGenerator[Program]:
    async with open_http(slack.api_url) as http:
        yield Program(http)


@pytest.fixture
def channel(slack: SlackServer) -> Channel:
    return slack.add_channel("general")


@pytest.fixture
def kim(slack: SlackServer) -> Person:
    return slack.add_person("kim")


@asynccontextmanager
async def connected(slack: SlackServer, program: Program, **waits: float) -> AsyncGenerator[None]:
    async with open_socket(program.app, program.http, slack.app_token, **waits):
        yield


async def test_commands_are_acknowledged_with_what_is_said(
    slack: SlackServer, program: Program, channel: Channel, kim: Person
) -> None:
    async with asyncio.timeout(5), connected(slack, program):
        assert slack.connections == 1
        for text, body in (("hello", {"text": "hello"}), ("nothing", None)):
            reply = await slack.command(text, channel=channel, person=kim)
            assert (reply.status, reply.body) == (200, body)

    assert slack.connections == 0


async def test_a_failed_event_is_not_acknowledged_and_comes_again(
    slack: SlackServer, program: Program, channel: Channel, kim: Person
) -> None:
    slack.patience_s, program.fails = 0.2, 1

    async with connected(slack, program):
        reply = await slack.mention("hello", channel=channel, person=kim)
        await slack.until(lambda: program.mentions)

    assert not reply.is_acknowledged
    assert [retry.reply.is_acknowledged for retry in slack.retries] == [True]


async def test_a_broken_line_is_opened_again(
    slack: SlackServer, program: Program, channel: Channel, kim: Person
) -> None:
    slack.retry_delays_s = (0.1, 1.5)

    async with connected(slack, program):
        await slack.drop_sockets(0.3)
        reply = await slack.mention("hello", channel=channel, person=kim)
        await slack.until(lambda: slack.connections == 1)
        typed = await slack.command("again", channel=channel, person=kim)
        await slack.until(lambda: program.mentions)

    assert not reply.is_acknowledged
    assert typed.is_acknowledged
    assert len(program.mentions) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_what_is_under_way_is_acknowledged_when_slack_refreshes_the_connection(
    slack: SlackServer, program: Program, channel: Channel, kim: Person, reason: str
) -> None:
    async with connected(slack, program):
        slow = asyncio.create_task(slack.command("slow", channel=channel, person=kim))
        await program.has_begun.wait()

        await slack.disconnect(reason)
        await slack.until(lambda: slack.connections == 1)
        fast = await slack.command("fast", channel=channel, person=kim)
        program.may_end.set()

        assert (await slow).body == {"text": "slow"}
        assert fast.body == {"text": "fast"}


async def test_the_end_waits_for_what_is_under_way(
    slack: SlackServer, program: Program, channel: Channel, kim: Person
) -> None:
    async with connected(slack, program):
        slow = asyncio.create_task(slack.command("slow", channel=channel, person=kim))
        await program.has_begun.wait()
        asyncio.get_running_loop().call_later(0.1, program.may_end.set)

    assert (await slow).body == {"text": "slow"}


async def test_the_end_does_not_wait_for_what_nobody_waits_for_any_more(
    slack: SlackServer,
    program: Program,
    channel: Channel,
    kim: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slack_socket, "_FINISH_S", 0.1)

    async with connected(slack, program):
        slow = asyncio.create_task(slack.command("slow", channel=channel, person=kim))
        await program.has_begun.wait()

    assert _ours() == []
    assert not (await slow).is_acknowledged


async def test_nothing_is_left_behind(slack: SlackServer, program: Program) -> None:
    async with connected(slack, program):
        await slack.disconnect()
        await slack.until(lambda: slack.connections == 1)
        ours = _ours()

    assert {name.partition(".")[0] for name in ours} == {"_Line"}
    assert _ours() == []


async def test_the_eleventh_connection_waits_until_one_of_the_ten_ends(
    slack: SlackServer, program: Program, channel: Channel, kim: Person
) -> None:
    async with AsyncExitStack() as others:
        session = await others.enter_async_context(aiohttp.ClientSession())
        sockets = [await _foreign_socket(slack, program, session) for _ in range(10)]

        async with connected(slack, program, patience_s=0.2, crowded_s=0.1):
            await slack.until(lambda: slack.count("apps.connections.open") > 13, patience_s=1)
            for socket in sockets:
                await socket.close()
            await slack.until(lambda: slack.connections == 1)
            reply = await slack.command("hello", channel=channel, person=kim)

    assert reply.is_acknowledged


async def test_a_wrong_app_token_is_said_at_the_start(program: Program) -> None:
    with pytest.raises(BadConfig) as refused:
        async with open_socket(program.app, program.http, "xapp-1-A0-wrong"):
            raise AssertionError

    sentence = str(refused.value)
    assert "SLACK_APP_TOKEN (invalid_auth)" in sentence
    assert "connections:write" in sentence
    assert "wrong" not in sentence
    assert _ours() == []


@pytest.mark.parametrize(
    "fault", [faults.status(503), faults.rate_limited(1), faults.lost_before_effect()]
)
async def test_slack_in_trouble_at_the_start_is_waited_for(
    slack: SlackServer, program: Program, channel: Channel, kim: Person, fault: faults.Fault
) -> None:
    slack.faults.add("apps.connections.open", fault, times=2)

    async with connected(slack, program, patience_s=0.1):
        assert slack.connections == 0
        await slack.until(lambda: slack.connections == 1)
        reply = await slack.command("hello", channel=channel, person=kim)

    assert reply.is_acknowledged


async def test_slack_out_of_reach_at_the_start_is_waited_for() -> None:
    async with open_http("http://127.0.0.1:9/api/") as http:
        program = Program(http)
        async with open_socket(program.app, http, "xapp-1", patience_s=0.1):
            assert len(_ours()) == 2

    assert _ours() == []


async def test_a_connection_outlives_the_time_that_a_call_has(
    slack: SlackServer, channel: Channel, kim: Person
) -> None:
    async with open_http(slack.api_url, timeout_s=0.2) as http:
        program = Program(http)
        async with connected(slack, program):
            await asyncio.sleep(0.5)  # nothing tells of a time-out that does not come
            reply = await slack.command("hello", channel=channel, person=kim)

    assert reply.is_acknowledged
    assert slack.count("apps.connections.open") == 2


NOISE = [
    "no JSON",
    "[]",
    '"hello"',
    '{"type": "something_new"}',
    '{"envelope_id": "e0"}',
    '{"envelope_id": "e0", "payload": {}}',
    '{"envelope_id": "e0", "type": "events_api", "payload": []}',
    '{"envelope_id": 7, "type": "events_api", "payload": {}}',
]


async def test_what_is_no_delivery_is_passed_over(
    slack: SlackServer, channel: Channel, kim: Person
) -> None:
    command = slack.prepare.command("/council", "hello", channel, kim, None)
    acknowledged: asyncio.Queue[str] = asyncio.Queue()

    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for text in ('{"type": "hello"}', *NOISE):
            await socket.send_str(text)
        await socket.send_bytes(b"\xff")
        await socket.send_str(json.dumps(command.envelope(0, "")))
        async for message in socket:
            acknowledged.put_nowait(str(message.data))
        return socket

    async with _server(serve) as api_url, open_http(api_url) as http:
        program = Program(http)
        async with open_socket(program.app, http, "xapp-1"):
            answer = json.loads(await acknowledged.get())

    assert answer["payload"] == {"text": "hello"}
    assert acknowledged.empty()


async def test_a_line_that_has_gone_dead_is_noticed() -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        async for _ in socket:
            pass  # a ping gets no answer
        return socket

    async with _server(serve) as api_url, open_http(api_url) as http:
        url = (await http.call("apps.connections.open", "xapp-1", {}))["url"]
        async with asyncio.timeout(5), http.socket(url, ping_every_s=0.1) as socket:
            ends = [message.type async for message in socket]

    assert ends in ([], [aiohttp.WSMsgType.ERROR])


async def _foreign_socket(
    slack: SlackServer, program: Program, session: aiohttp.ClientSession
) -> aiohttp.ClientWebSocketResponse:
    answer = await program.http.call("apps.connections.open", slack.app_token, {})
    return await session.ws_connect(answer["url"])


@asynccontextmanager
async def _server(serve: Any) -> AsyncGenerator[str]:
    """Serve one WebSocket, and the call that tells where it is."""
    app = web.Application()
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)

    async def opened(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link"})

    app.router.add_post("/api/apps.connections.open", opened)
    app.router.add_get("/link", serve)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


def _ours() -> list[str]:
    """Return what the socket has running, by the names of its functions."""
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("_Line")]

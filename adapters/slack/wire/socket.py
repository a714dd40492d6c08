"""Socket Mode: Slack delivers over connections that the bot opens, so it needs no address.

Slack ends each connection after some hours and says so first. The next one is then opened at once,
and what is under way on the old one is still acknowledged there. (The SDK's client closes before it
opens, and gives up what is under way; what comes in between is lost, since Slack delivers only
events again.) https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json, SlackHttp
from bot.errors import BadConfig, ChatBusy, ChatError

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse

# The start waits so long for the first connection, and then goes on without.
_PATIENCE_S = 30.0
_PAUSE_S = 1.0
# Ten connections are the most; another process must end one of its own first.
_CROWDED_PAUSE_S = 10.0
# A connection that is to end may still deliver for about 10 s.
_LEAVE_S = 15.0
# Slack waits 3 s for an acknowledgement.
_FINISH_S = 3.0
_NO_SOCKET = (
    "Slack opens no socket for SLACK_APP_TOKEN ({code}): take the app-level token (xapp-…) with "
    "the scope connections:write, from Basic Information, and turn Socket Mode on."
)

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def open_socket(
    app: AsyncApp,
    http: SlackHttp,
    app_token: str,
    *,
    patience_s: float = _PATIENCE_S,
    crowded_s: float = _CROWDED_PAUSE_S,
) -> AsyncGenerator[Callable[[], bool]]:
    """Take deliveries while the context is open; yields what says whether a connection is.

    Raises `BadConfig` for a token that is none.
    """
    try:
        await check_app_token(http, app_token)
    except ChatError as error:
        log.warning("slack does not answer yet", error=type(error).__name__)
    line = _Line(app, http, app_token, crowded_s)
    keeper = asyncio.create_task(line.keep())
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(line.is_open.wait(), patience_s)
        yield line.is_connected
    finally:
        keeper.cancel()
        await asyncio.wait({keeper})


async def check_app_token(http: SlackHttp, app_token: str) -> None:
    """Raise `BadConfig` if Slack opens no socket for a token, `ChatError` if it does not answer."""
    try:
        await _address(http, app_token)
    except Refused as refused:
        raise BadConfig(_NO_SOCKET.format(code=refused.code)) from refused


async def _address(http: SlackHttp, app_token: str) -> str:
    answer = await http.call("apps.connections.open", app_token, {})
    return str(answer.get("url"))


class _Line:
    """Keeps a connection open; `is_open` is set once the first one is."""

    def __init__(self, app: AsyncApp, http: SlackHttp, app_token: str, crowded_s: float) -> None:
        self.is_open = asyncio.Event()
        self._crowded_s = crowded_s
        self._app = app
        self._http = http
        self._app_token = app_token
        self._greeted: set[ClientWebSocketResponse] = set()

    def is_connected(self) -> bool:
        """Say whether Slack can deliver: it greeted a connection that has not ended."""
        return any(not socket.closed for socket in self._greeted)

    async def keep(self) -> None:
        """Open a connection whenever the one before is about to end or has broken."""
        async with asyncio.TaskGroup() as connections:
            while True:
                is_leaving = asyncio.Event()
                connections.create_task(self._hold(is_leaving))
                await is_leaving.wait()

    async def _hold(self, is_leaving: asyncio.Event) -> None:
        """Take deliveries until the connection ends; when it breaks, the next one has to wait."""
        pause_s = _PAUSE_S
        try:
            url = await _address(self._http, self._app_token)
            async with self._http.socket(url) as socket, _finished() as under_way:
                await self._stay(socket, under_way, is_leaving)
        except ChatError as error:
            log.warning("slack socket lost", error=type(error).__name__)
            if isinstance(error, ChatBusy):
                pause_s = error.retry_after_s
        if not is_leaving.is_set():
            await asyncio.sleep(pause_s)
            is_leaving.set()

    async def _stay(
        self,
        socket: ClientWebSocketResponse,
        under_way: set[asyncio.Task[None]],
        is_leaving: asyncio.Event,
    ) -> None:
        """Take deliveries to the connection's end, or for a while after Slack announces it."""
        try:
            if await self._listen(socket, under_way):
                is_leaving.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._listen(socket, under_way), _LEAVE_S)
        finally:
            self._greeted.discard(socket)

    async def _listen(
        self, socket: ClientWebSocketResponse, under_way: set[asyncio.Task[None]]
    ) -> bool:
        """Take deliveries until the connection ends or Slack says that it will: then True."""
        async for message in socket:
            match _read(message.data):
                case {"type": "hello"}:
                    self.is_open.set()
                    self._greeted.add(socket)
                case {"type": "disconnect", "reason": "too_many_websockets"}:
                    sentence = "Slack holds as many sockets of this app as it allows."
                    raise ChatBusy(sentence, retry_after_s=self._crowded_s)
                case {"type": "disconnect"}:
                    return True
                case {"envelope_id": str(), "payload": dict()} as envelope:
                    task = asyncio.create_task(self._take(socket, envelope))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                case _:
                    pass
        return False

    async def _take(self, socket: ClientWebSocketResponse, envelope: Json) -> None:
        """Hand a delivery to Bolt; without an acknowledgement Slack delivers an event again."""
        request = SocketModeRequest.from_dict(dict(envelope))
        if request is None:
            return
        response = await run_async_bolt_app(self._app, request)
        if response.status == 200:  # noqa: PLR2004 Bolt speaks HTTP here too
            with suppress(ConnectionError):
                await socket.send_str(json.dumps(_acknowledgement(request, response.body)))


@asynccontextmanager
async def _finished() -> AsyncGenerator[set[asyncio.Task[None]]]:
    """Give a set for tasks; at the end they may finish, as long as anybody waits for them."""
    tasks: set[asyncio.Task[None]] = set()
    try:
        yield tasks
    finally:
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_FINISH_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _acknowledgement(request: SocketModeRequest, body: str) -> Json:
    if not body:
        return {"envelope_id": request.envelope_id}
    return {"envelope_id": request.envelope_id, "payload": _read(body) or {"text": body}}


def _read(text: object) -> Json | None:
    """Return a JSON object, None if it is none."""
    with suppress(ValueError):
        document: object = json.loads(text) if isinstance(text, str) else None
        if isinstance(document, dict):
            return document
    return None

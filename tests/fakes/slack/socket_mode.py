"""Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode, slack.md 1.2."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.fakes.shapes import Json, as_object
from tests.fakes.slack.asked import Asked
from tests.fakes.slack.refused import Unavailable
from tests.fakes.slack.world import World

MOST_CONNECTIONS = 10
CLOSING_S = 1.0  # how long a closed client may take to say so too
_DEBUG: Json = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060}


class NoConnection(Exception):  # noqa: N818
    """Nobody is connected, or the connection broke before the acknowledgement."""


@dataclass(eq=False)
class _Connection:
    request: web.Request
    socket: web.WebSocketResponse
    pending: dict[str, asyncio.Future[Json]] = field(
        default_factory=dict[str, asyncio.Future[Json]]
    )
    is_retiring: bool = False

    async def send(self, document: Json) -> None:
        try:
            await self.socket.send_str(json.dumps(document))
        except (ConnectionError, RuntimeError) as error:
            raise NoConnection from error

    def break_off(self) -> None:
        for waiting in self.pending.values():
            if not waiting.done():
                waiting.set_exception(NoConnection())


class SocketMode:
    """The app's connections; each envelope goes to one of them, in turn."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._connections: list[_Connection] = []
        self._tickets: set[str] = set()
        self._refuses_until_s = 0.0

    @property
    def count(self) -> int:
        """How many connections can take an envelope."""
        return sum(not connection.is_retiring for connection in self._connections)

    def open(self, asked: Asked) -> Json:
        """Give the address of a new connection, good for one: apps.connections.open."""
        if self._is_refusing():
            raise Unavailable
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        host = self._world.origin.removeprefix("http://")
        return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={self._world.app_id}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold a connection."""
        ticket = request.query.get("ticket", "")
        if self._is_refusing() or ticket not in self._tickets:
            return web.Response(status=503 if self._is_refusing() else 403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=CLOSING_S)
        try:
            await socket.prepare(request)
        except aiohttp.ClientConnectionResetError:  # who opened it is gone already
            return socket
        connection = _Connection(request, socket)
        if len(self._connections) >= MOST_CONNECTIONS:
            await connection.send(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        self._connections.append(connection)
        try:
            await self._greet(connection)
            await self._listen(connection)
        finally:
            self._drop(connection)
        return socket

    async def deliver(self, envelope: Json, patience_s: float) -> Json:
        """Send an envelope and give what acknowledged it.

        Raises NoConnection, or TimeoutError after the patience.
        """
        connection = self._next()
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.pending[envelope["envelope_id"]] = waiting
        try:
            await connection.send(envelope)
            async with asyncio.timeout(patience_s):
                return await waiting
        finally:
            del connection.pending[envelope["envelope_id"]]

    def drop(self, for_s: float) -> None:
        """Cut every connection, as when a line breaks, and take no new one for a while."""
        self._refuses_until_s = time.monotonic() + for_s
        for connection in list(self._connections):
            self._drop(connection)
            if (transport := connection.request.transport) is not None:
                transport.abort()

    async def disconnect(self, reason: str) -> None:
        """Ask every client to connect anew; it is given nothing more on the old connection."""
        for connection in list(self._connections):
            connection.is_retiring = True
            with suppress(NoConnection):
                await connection.send(_disconnect(reason))
        self._world.changed()

    async def close(self) -> None:
        """Close every connection."""
        for connection in list(self._connections):
            await self._close(connection)

    def _is_refusing(self) -> bool:
        return time.monotonic() < self._refuses_until_s

    async def _greet(self, connection: _Connection) -> None:
        info = {"app_id": self._world.app_id}
        number = len(self._connections)
        hello = {"type": "hello", "num_connections": number, "connection_info": info}
        await connection.send({**hello, "debug_info": _DEBUG})
        self._world.changed()

    async def _listen(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            document = as_object(json.loads(message.data)) or {}
            waiting = connection.pending.get(str(document.get("envelope_id")))
            if waiting is not None and not waiting.done():
                waiting.set_result(document)

    def _next(self) -> _Connection:
        ready = [c for c in self._connections if not c.is_retiring and not c.socket.closed]
        if not ready:
            raise NoConnection
        self._connections.remove(ready[0])
        self._connections.append(ready[0])
        return ready[0]

    async def _close(self, connection: _Connection) -> None:
        self._drop(connection)
        await connection.socket.close(code=aiohttp.WSCloseCode.GOING_AWAY, drain=False)

    def _drop(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        connection.break_off()
        self._world.changed()


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}

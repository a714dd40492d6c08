"""The gateway: docs.discord.com/developers/events/gateway."""

from __future__ import annotations

import asyncio
import json
import time
import traceback
from collections.abc import Callable

from aiohttp import web

from tests.fakes.discord.audience import concerns, payload_for
from tests.fakes.discord.connection import CLOSING_S, Closed, Connection, Refusal, Session
from tests.fakes.discord.faults import Faults
from tests.fakes.discord.member_chunks import send_members
from tests.fakes.discord.openings import VERSION, Openings
from tests.fakes.discord.traffic import Call, Event
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json, as_object

LARGEST_FRAME = 4096
GRACE = 1.5  # of a heartbeat's interval, after which a connection without one is closed


class Gateway:
    """Sessions and their connections; each event goes to those whom it concerns."""

    def __init__(self, world: World, faults: Faults, speed: float) -> None:
        self.sessions: list[Session] = []
        self._world = world
        self._faults = faults
        self._connections: list[Connection] = []
        self._refuses_until_s = 0.0
        openings = Openings(world, self.sessions, speed)
        self._ops: dict[int, Callable[[Connection, Json], None]] = {
            2: openings.identify,
            3: self._ignore,
            4: self._ignore,
            6: openings.resume,
            8: lambda connection, data: send_members(world, connection, data),
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold a connection."""
        call = Call("gateway", "GET", request.path, time.monotonic(), dict(request.query))
        self._world.calls.append(call)

        async def work() -> web.StreamResponse:
            return await self._serve(request, call)

        return await self._faults.play(request, call, work)

    def dispatch(self, event: Event) -> None:
        """Tell an event to the sessions that it concerns."""
        for session in list(self.sessions):
            if session.is_valid and concerns(event, session, self._world.bot):
                payload = payload_for(event, session, self._world.bot)
                session.tell(event.name, payload)

    def drop(self, for_s: float) -> None:
        """Cut every connection and take no new one for a while."""
        self._refuses_until_s = time.monotonic() + for_s
        for connection in list(self._connections):
            self._lose(connection)
            connection.abort()

    def ask_to_reconnect(self) -> None:
        """Send op 7 to all."""
        for connection in self._connections:
            connection.send({"op": 7, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 to all; sessions that are not resumable are gone."""
        for connection in self._connections:
            if connection.session is not None and not resumable:
                connection.session.is_valid = False
            connection.send({"op": 9, "d": resumable})

    def close_all(self, code: int) -> None:
        """Close every connection with a code."""
        for connection in self._connections:
            connection.close(code)

    def mute(self, for_s: float) -> None:
        """Send nothing for a while on the connections that there are, not even heartbeats."""
        for connection in self._connections:
            connection.silent_until_s = time.monotonic() + for_s

    async def close(self) -> None:
        """Cut every connection for good."""
        self.drop(3600)

    async def _serve(self, request: web.Request, call: Call) -> web.StreamResponse:
        if time.monotonic() < self._refuses_until_s:
            call.status = 503
            return web.Response(status=503)
        # With autoclose a client's code could be lost: it hangs up right after the answer to it.
        socket = web.WebSocketResponse(timeout=CLOSING_S, compress=False, autoclose=False)
        await socket.prepare(request)
        call.status = 101
        is_compressed = request.query.get("compress") == "zlib-stream"
        connection = Connection(request, socket, is_compressed=is_compressed)
        self._connections.append(connection)
        writing = asyncio.create_task(connection.write())
        try:
            if not _is_known(request):
                connection.close(4012)
            await self._converse(connection)
            await asyncio.wait([writing], timeout=CLOSING_S)
        except Exception:  # noqa: BLE001  a bug of this server must fail the test
            self._world.violate("gateway", f"broken: {traceback.format_exc()}")
        finally:
            self._lose(connection)
            writing.cancel()
        return socket

    async def _converse(self, connection: Connection) -> None:
        """Say hello and listen until it ends; a client that sends no heartbeat is closed."""
        interval_s = self._world.heartbeat_interval_s
        hello: Json = {"heartbeat_interval": int(interval_s * 1000)}
        connection.send({"op": 10, "d": hello})
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + GRACE * interval_s
        while True:
            try:
                async with asyncio.timeout_at(deadline_s):
                    text = await connection.read()
                if self._take(connection, text):
                    deadline_s = loop.time() + GRACE * interval_s
            except TimeoutError:
                connection.close(4000)
                return
            except Refusal as refusal:
                connection.close(refusal.code)
                return
            except Closed as closed:
                self._end(connection, closed.code)
                connection.close(1000)
                return

    def _take(self, connection: Connection, text: str) -> bool:
        """Do what a frame asks for and tell whether it was a heartbeat."""
        if connection.is_flooding():
            raise Refusal(4008)
        document = _read(text)
        op = document.get("op")
        if op == 1:
            connection.send({"op": 11})
            return True
        if op not in self._ops:
            raise Refusal(4001)
        if connection.session is None and op not in (2, 6):
            raise Refusal(4003)
        self._ops[op](connection, as_object(document.get("d")) or {})
        self._world.changed()
        return False

    def _ignore(self, connection: Connection, data: Json) -> None:
        """Presence and voice are nothing to this server."""

    def _end(self, connection: Connection, code: int | None) -> None:
        """Take the client's word: with 1000 or 1001 it ends its session."""
        if connection.session is not None and code in (1000, 1001):
            connection.session.is_valid = False

    def _lose(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            session.lost_at_s = self._world.clock.now_s()
        self._world.changed()


def _is_known(request: web.Request) -> bool:
    query = request.query
    is_plain = query.get("compress", "zlib-stream") == "zlib-stream"
    return is_plain and query.get("v") == str(VERSION) and query.get("encoding", "json") == "json"


def _read(text: str) -> Json:
    if len(text.encode()) > LARGEST_FRAME:
        raise Refusal(4002)
    try:
        document = as_object(json.loads(text))
    except json.JSONDecodeError as error:
        raise Refusal(4002) from error
    if document is None:
        raise Refusal(4002)
    return document

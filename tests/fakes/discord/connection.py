"""One connection to the gateway: frames out in order, compressed or not; frames in, counted."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from tests.fakes.discord.intents import Intent
from tests.fakes.shapes import Json

CLOSING_S = 1.0  # how long a closed client may take to say so too
MOST_SENT, SENT_WITHIN_S = 120, 60.0  # gateway#rate-limiting


class Closed(Exception):  # noqa: N818  it says what happened
    """The client has closed the connection, with this code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class Refusal(Exception):  # noqa: N818  it says what happened
    """The connection is closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Session:
    """A session: one shard's stream of events, which outlives its connections.

    `events` are all that it was ever told, for a RESUME to replay. `resumes` counts these.
    """

    id: str
    shard: int
    shards: int
    intents: Intent
    started_at_s: float
    events: list[Json] = field(default_factory=list[Json], repr=False)
    connection: Connection | None = field(default=None, repr=False)
    lost_at_s: float | None = None
    is_valid: bool = True
    resumes: int = 0

    @property
    def is_connected(self) -> bool:
        return self.connection is not None

    def tell(self, event: str, payload: Json) -> None:
        """Give an event its number, and send it now or when the session is resumed."""
        document: Json = {"op": 0, "t": event, "s": len(self.events) + 1, "d": payload}
        self.events.append(document)
        if self.connection is not None:
            self.connection.send(document)


class Connection:
    """A client's connection. It has a session from IDENTIFY or RESUME on."""

    def __init__(
        self, request: web.Request, socket: web.WebSocketResponse, *, is_compressed: bool
    ) -> None:
        self.session: Session | None = None
        self.silent_until_s = 0.0
        self._request = request
        self._socket = socket
        self._deflate = zlib.compressobj() if is_compressed else None
        self._outgoing: asyncio.Queue[Json | int] = asyncio.Queue()
        self._sent_at_s: list[float] = []

    def send(self, document: Json) -> None:
        """Send a document after those before it."""
        self._outgoing.put_nowait(document)

    def close(self, code: int) -> None:
        """Close it with a code, after what is still to be sent."""
        self._outgoing.put_nowait(code)

    def abort(self) -> None:
        """Cut it, as when a line breaks."""
        if (transport := self._request.transport) is not None:
            transport.abort()

    async def write(self) -> None:
        """Send what is to be sent until the connection closes."""
        with suppress(ConnectionError, RuntimeError):  # it broke meanwhile
            while True:
                item = await self._outgoing.get()
                await asyncio.sleep(max(0.0, self.silent_until_s - time.monotonic()))
                if isinstance(item, int):
                    await self._socket.close(code=item, drain=False)
                    return
                await self._write(json.dumps(item))

    async def read(self) -> str:
        """Wait for what the client sends. Raises Closed."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return message.data
        if message.type is aiohttp.WSMsgType.BINARY:
            return message.data.decode()
        raise Closed(message.data if message.type is aiohttp.WSMsgType.CLOSE else None)

    def is_flooding(self) -> bool:
        """Count a frame and tell whether there were too many."""
        now_s = time.monotonic()
        self._sent_at_s = [at_s for at_s in self._sent_at_s if now_s - at_s < SENT_WITHIN_S]
        self._sent_at_s.append(now_s)
        return len(self._sent_at_s) > MOST_SENT

    async def _write(self, text: str) -> None:
        if self._deflate is None:
            await self._socket.send_str(text)
            return
        data = self._deflate.compress(text.encode())
        await self._socket.send_bytes(data + self._deflate.flush(zlib.Z_SYNC_FLUSH))

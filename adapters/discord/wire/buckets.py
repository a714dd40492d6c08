"""Discord's limits per route as its answers tell them, without waiting for them.

discord.py's own keep the caller of a window's last call waiting until the window is over, although
its answer is there, and with a longest wait they refuse calls that are still free. Ours say at
once how far the next free moment is; who waits, for all processes, is decided in `api`.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING

from discord import RateLimited
from discord.http import HTTPClient, Ratelimit

if TYPE_CHECKING:
    from aiohttp import ClientWebSocketResponse, TraceConfig

# Above any clock's jitter: a 429 is never slept out in the library, since a sleep that is cut short
# there (a cancelled call) would leave the library waiting for ever when the limit is a global one.
_NEVER_S = 1e-6
_OPENING_S = 20.0


class Bucket(Ratelimit):
    """One limit. Entering it raises `RateLimited` if no call is left before the window is over."""

    def __init__(self) -> None:
        super().__init__(None)

    async def acquire(self) -> None:
        """Count a call."""
        now = self._loop.time()
        self._last_request = now
        if self.is_expired():
            self.reset()
        # Until the first answer nothing is known.
        if self.remaining <= 0 and self.expires is not None:
            raise RateLimited(max(0.0, self.expires - now))
        self.remaining -= 1
        self.outgoing += 1

    async def __aexit__(
        self,
        type: type[BaseException] | None,  # noqa: A002 - discord.py's name
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the call end; it keeps nobody waiting."""
        self.outgoing -= 1


class Library(HTTPClient):
    """discord.py's HTTP client with our buckets, which raises at each 429."""

    def __init__(self, trace: TraceConfig) -> None:
        super().__init__(asyncio.get_running_loop(), http_trace=trace)
        self.max_ratelimit_timeout = _NEVER_S  # its constructor takes nothing below 30 s

    async def ws_connect(self, url: str, *, compress: int = 0) -> ClientWebSocketResponse:
        """Open a WebSocket, in a time after which another attempt is better."""
        async with asyncio.timeout(_OPENING_S):
            return await super().ws_connect(url, compress=compress)

    def get_ratelimit(self, key: str) -> Ratelimit:
        """Return the limit under a key."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket()
            self._try_clear_expired_ratelimits()
        return bucket

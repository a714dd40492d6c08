"""Discord's REST API at Discord's pace, for all processes together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from adapters.discord.wire.failures import Throttled
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.identity import Identity
from adapters.discord.wire.rates import OVERALL, Rate, is_free, key_of, rate_of
from bot.pacing import Pacer
from bot.ports import Pace

# A post waits so long for its turn; with the call's own time-out that is less than a minute.
PATIENCE_S = 25.0
_ALL = "discord:all"


class DiscordApi:
    """Calls routes, each when its turn comes. Methods raise `ChatError`."""

    def __init__(self, http: DiscordHttp, pace: Pace) -> None:
        self._http = http
        self._pacer = Pacer(pace, "Discord")

    @property
    def identity(self) -> Identity:
        """Who the bot is, as Discord said last."""
        return self._http.identity

    async def call(  # noqa: PLR0913 - what a call is made of
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, bytes]] = (),
        within_s: float = PATIENCE_S,
    ) -> Any:  # noqa: ANN401 - each route has a shape of its own
        """Call a route and return its answer, None if that is empty.

        What comes too fast has had no effect, and is called again when Discord says so. Raises
        `ChatBusy` if that or the turn is further away than `within_s`, and what `DiscordHttp`
        raises. Answers to interactions need no turn.
        """
        call = partial(self._http.call, method, path, ids, json=json, params=params, files=files)
        if is_free(path):
            return await call()
        key, clock = key_of(method, path, ids), asyncio.get_running_loop().time
        deadline = clock() + within_s
        while True:
            await self._turn(key, rate_of(method, path), deadline - clock())
            await self._turn(_ALL, OVERALL, deadline - clock())
            try:
                return await call()
            except Throttled as throttled:
                wait_s = throttled.retry_after_s
                await self._pacer.hold(_ALL if throttled.is_global else key, wait_s)
                if clock() + wait_s > deadline:
                    raise

    async def download(self, url: str, limit: int) -> bytes:
        """Return a file's content, cut one byte past the limit."""
        return await self._http.download(url, limit)

    async def _turn(self, key: str, rate: Rate, within_s: float) -> None:
        await self._pacer.take(
            key, every_s=rate.every_s, burst=rate.burst, within_s=max(0.0, within_s)
        )

"""Turns for IDENTIFY, the start of a session, for all processes together.

In each bucket of shards one may start every 5 s, and a bot may start 1,000 sessions a day: whoever
starts more finds its token reset. https://docs.discord.com/developers/events/gateway#sharding
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from adapters.discord.wire.http import DiscordHttp
from bot.errors import ChatBusy
from bot.ports import Pace

# Discord's 5 s and what two ways through the network may differ by.
EVERY_S = 5.5
# A connection that has not begun its session is not kept for longer.
_WITHIN_S = 45.0
_DAY_S = 24 * 3600.0
# What other programs with the same token may start, and looks at how things stand.
_SPARED = 0.05

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Starts:
    """What Discord says of starting sessions; `shards` is how many it recommends."""

    url: str
    shards: int
    total: int
    remaining: int
    max_concurrency: int


async def read_starts(http: DiscordHttp) -> Starts:
    """Ask Discord about starting sessions. Raises `ChatError`."""
    answer = await http.call("GET", "/gateway/bot", {})
    limit = answer["session_start_limit"]
    return Starts(
        url=str(answer["url"]),
        shards=max(1, int(answer["shards"])),
        total=int(limit["total"]),
        remaining=int(limit["remaining"]),
        max_concurrency=max(1, int(limit["max_concurrency"])),
    )


class Turns:
    """Lets one shard after the other start its session."""

    def __init__(
        self, pace: Pace, application: str, starts: Starts, *, every_s: float = EVERY_S
    ) -> None:
        self._pace = pace
        self._key = f"discord:identify:{application}"
        self._buckets = starts.max_concurrency
        # So many at once and as many again over a day are never more than a day's.
        self._half_a_day = max(1, int(starts.total * (1 - _SPARED) / 2))
        self._every_s = every_s

    async def take(self, shard: int) -> None:
        """Wait for the turn of a shard. Raises `ChatBusy` if it is too far, and `StorageError`.

        What is not taken is not reserved, so that whoever gives up keeps nobody waiting.
        """
        key = f"{self._key}:{shard % self._buckets}"
        wait_s = await self._pace.take(key, every_s=self._every_s, burst=1, within_s=_WITHIN_S)
        if wait_s > _WITHIN_S:
            message = "Other shards start first."
            raise ChatBusy(message, retry_after_s=wait_s - _WITHIN_S)
        half = self._half_a_day
        day_s = await self._pace.take(
            f"{self._key}:day", every_s=_DAY_S / half, burst=half, within_s=wait_s
        )
        if day_s > wait_s:
            log.warning("discord sessions of a day are used up", retry_after_s=round(day_s))
            message = "Too many sessions were started today."
            raise ChatBusy(message, retry_after_s=day_s)
        await asyncio.sleep(wait_s)

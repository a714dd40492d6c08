"""Snowflakes: docs.discord.com/developers/reference#snowflakes."""

from __future__ import annotations

from tests.fakes.discord.clock import Clock

EPOCH_MS = 1_420_070_400_000
_GUILDS_SINCE_MS = 1_704_067_200_000  # 2024, so that no guild is younger than what happens in it
# So many numbers of shards divide it that guilds go round all of them in turn.
_ALIGNMENT = 2520


class Stamps:
    """Makes identifiers that are never the same twice and grow with time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._guilds = 0

    def id(self) -> int:
        """Give an identifier that holds the clock's time."""
        milliseconds = int(self._clock.now_s() * 1000) - EPOCH_MS
        self._last = max(milliseconds << 22, self._last + 1)
        return self._last

    def guild_id(self) -> int:
        """Give a guild's identifier: the first guild is on shard 0, the next on shard 1, etc."""
        start = (_GUILDS_SINCE_MS - EPOCH_MS) // _ALIGNMENT * _ALIGNMENT
        self._guilds += 1
        return (start + self._guilds - 1) << 22

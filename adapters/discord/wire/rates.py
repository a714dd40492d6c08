"""How fast Discord may be called: https://docs.discord.com/developers/topics/rate-limits.

Its limits per route are told by every answer and not to be written down, so that they are kept
where answers are read, in `buckets`. These here let calls of all processes come evenly before that.
A bucket is a window that begins with its first call; the commonest holds 5 messages in 5 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once and then one every so often, in a channel or in a whole server."""

    burst: int
    every_s: float
    is_per_guild: bool = False


# 50 a second for a bot: in the fullest second 8 and 39; what is left is for calls without a turn.
OVERALL = Rate(burst=8, every_s=0.0255)

_MESSAGES = Rate(burst=5, every_s=1.02)
# Threads are counted for the server, 50 in five minutes: discord/discord-api-docs#8082.
_THREADS = Rate(burst=25, every_s=12.1, is_per_guild=True)
_OTHERS = Rate(burst=10, every_s=0.2)

_RATES: Mapping[tuple[str, str], Rate] = {
    ("POST", "/channels/{channel_id}/messages"): _MESSAGES,
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): _MESSAGES,
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"): _THREADS,
}

# Answers to interactions are not counted for the bot, and 3 s leave no time to wait.
_FREE = ("/interactions/", "/webhooks/")
# What a limit is counted for besides the route.
_MAJOR = ("channel_id", "guild_id")


def is_free(path: str) -> bool:
    """Say whether calls of a path need no turn."""
    return path.startswith(_FREE)


def rate_of(method: str, path: str) -> Rate:
    """Return the rate of a route in one channel or server."""
    return _RATES.get((method, path), _OTHERS)


def key_of(method: str, path: str, ids: Mapping[str, str]) -> str:
    """Return under which name the pace of a call is shared; no message or person is named in it."""
    counted = ("guild_id",) if rate_of(method, path).is_per_guild else _MAJOR
    majors = [ids[name] for name in counted if name in ids]
    return ":".join(["discord", f"{method} {path}", *majors])

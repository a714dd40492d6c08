"""Rate limits: docs.discord.com/developers/topics/rate-limits.

Discord publishes no figures but the global one. Here each bucket is a window that begins with its
first call, as Discord's behave; the figures are those commonly seen for messages, and elsewhere
chosen. Two routes of one bucket share it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# What a limit is counted for besides the route: the first id in the path, the webhook's token, the
# guild that the first id belongs to, or nothing.
By = Literal["id", "token", "guild", "app"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds; none at all means only the global limit."""

    calls: int | None
    window_s: float = 1.0
    by: By = "id"
    bucket: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a bucket stands after a call; `wait_s` is above 0 if the call was one too many."""

    bucket: str
    limit: int
    remaining: int
    reset_after_s: float
    wait_s: float = 0.0
    scope: Literal["user", "global", "shared"] = "user"


GLOBAL = Rate(50, 1.0, "app", "global")
FREE = Rate(None)
_PINS = Rate(5, 5, bucket="pins")
_THREADS = Rate(50, 300, "guild", "threads")  # counted for the guild: discord-api-docs#8082
_MEMBERS = Rate(10, 10, "guild", "thread members")
_GUILD = Rate(10, 10, bucket="guild")
_COMMANDS = Rate(5, 20, "app", "commands")
_FOLLOWUPS = Rate(5, 2, "token", "webhook")
_REACTIONS = Rate(1, 0.25, bucket="reactions")
# A channel's name and topic change rarely, whatever the bucket says.
RENAMES = Rate(2, 600, bucket="renames")

RATES: dict[str, Rate] = {
    "DELETE /channels/{id}": Rate(5, 10),
    "DELETE /channels/{id}/messages/pins/{id}": _PINS,
    "DELETE /channels/{id}/messages/{id}": Rate(5, 1),
    "DELETE /channels/{id}/messages/{id}/reactions/{emoji}/@me": _REACTIONS,
    "DELETE /channels/{id}/pins/{id}": _PINS,
    "DELETE /channels/{id}/thread-members/@me": _MEMBERS,
    "DELETE /channels/{id}/thread-members/{id}": _MEMBERS,
    "DELETE /users/@me/guilds/{id}": Rate(5, 5, "app"),
    "DELETE /webhooks/{id}/{token}/messages/@original": _FOLLOWUPS,
    "DELETE /webhooks/{id}/{token}/messages/{id}": _FOLLOWUPS,
    "GET /applications/@me": FREE,
    "GET /applications/{id}/commands": _COMMANDS,
    "GET /applications/{id}/guilds/{id}/commands": _COMMANDS,
    "GET /channels/{id}": Rate(10, 5),
    "GET /channels/{id}/messages": FREE,
    "GET /channels/{id}/messages/pins": _PINS,
    "GET /channels/{id}/messages/{id}": FREE,
    "GET /channels/{id}/pins": _PINS,
    "GET /channels/{id}/thread-members": _MEMBERS,
    "GET /channels/{id}/thread-members/{id}": _MEMBERS,
    "GET /channels/{id}/threads/archived/private": _GUILD,
    "GET /channels/{id}/threads/archived/public": _GUILD,
    "GET /gateway": Rate(5, 5, "app"),
    "GET /gateway/bot": Rate(2, 5, "app"),
    "GET /guilds/{id}": _GUILD,
    "GET /guilds/{id}/channels": _GUILD,
    "GET /guilds/{id}/members": _GUILD,
    "GET /guilds/{id}/members/search": _GUILD,
    "GET /guilds/{id}/members/{id}": Rate(5, 1),
    "GET /guilds/{id}/roles": _GUILD,
    "GET /guilds/{id}/threads/active": _GUILD,
    "GET /oauth2/applications/@me": FREE,
    "GET /users/@me": FREE,
    "GET /users/@me/guilds": Rate(5, 5, "app"),
    "GET /users/{id}": Rate(30, 30, "app"),
    "GET /webhooks/{id}/{token}/messages/@original": _FOLLOWUPS,
    "GET /webhooks/{id}/{token}/messages/{id}": _FOLLOWUPS,
    "PATCH /channels/{id}": Rate(10, 15),
    "PATCH /channels/{id}/messages/{id}": Rate(5, 5),
    "PATCH /webhooks/{id}/{token}/messages/@original": _FOLLOWUPS,
    "PATCH /webhooks/{id}/{token}/messages/{id}": _FOLLOWUPS,
    "POST /channels/{id}/messages": Rate(5, 5),
    "POST /channels/{id}/messages/{id}/threads": _THREADS,
    "POST /channels/{id}/threads": _THREADS,
    "POST /channels/{id}/typing": Rate(5, 5),
    "POST /interactions/{id}/{token}/callback": FREE,
    "POST /users/@me/channels": Rate(10, 60, "app"),
    "POST /webhooks/{id}/{token}": _FOLLOWUPS,
    "PUT /applications/{id}/commands": _COMMANDS,
    "PUT /applications/{id}/guilds/{id}/commands": _COMMANDS,
    "PUT /channels/{id}/messages/pins/{id}": _PINS,
    "PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me": _REACTIONS,
    "PUT /channels/{id}/pins/{id}": _PINS,
    "PUT /channels/{id}/thread-members/@me": _MEMBERS,
    "PUT /channels/{id}/thread-members/{id}": _MEMBERS,
}


@dataclass
class _Window:
    until_s: float
    used: int = 0


class Limits:
    """The buckets; a `speed` of 20 lets them reset 20 times as fast.

    `rates` may be changed by a test, for one route or all, and so may `overall`, the global limit.
    """

    def __init__(self, speed: float = 1.0, clock: Callable[[], float] = time.time) -> None:
        self.rates = dict(RATES)
        self.overall = GLOBAL
        self._speed = speed
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def knows(self, route: str) -> bool:
        return route in self.rates

    def take(self, route: str, major: str) -> Standing | None:
        """Count a call of a route and say how its bucket stands, None if it has none."""
        rate = self.rates[route]
        if rate.calls is None:
            return None
        return self._take(rate, rate.bucket or route, "" if rate.by == "app" else major)

    def take_overall(self) -> Standing:
        """Count a call against the global limit."""
        return self._take(self.overall, "global", "")

    def take_rename(self, channel: str) -> Standing:
        """Count the change of a channel's name or topic."""
        return self._take(RENAMES, "renames", channel)

    def _take(self, rate: Rate, name: str, major: str) -> Standing:
        assert rate.calls is not None, "a limit has a number"
        now_s = self._clock()
        window = self._windows.get((name, major))
        if window is None or window.until_s <= now_s:
            window = _Window(now_s + rate.window_s / self._speed)
            self._windows[name, major] = window
        bucket = hashlib.sha256(name.encode()).hexdigest()[:32]
        reset_after_s = window.until_s - now_s
        if window.used >= rate.calls:
            return Standing(bucket, rate.calls, 0, reset_after_s, reset_after_s)
        window.used += 1
        return Standing(bucket, rate.calls, rate.calls - window.used, reset_after_s)

"""Slack's rate limits: per method, per workspace, per app (slack.md 1.3).

Token buckets: a full one allows a burst, and refills at the documented rate. The documentation
speaks of "occasional bursts" without a number; here it is a third of what a minute allows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls each second in the long run, and so many at once."""

    per_s: float
    burst: int


def per_minute(calls: int, burst: int | None = None) -> Rate:
    return Rate(calls / 60, burst or math.ceil(calls / 3))


TIER_1 = per_minute(1)
TIER_2 = per_minute(20)
TIER_3 = per_minute(50)
TIER_4 = per_minute(100)
# "Special" without a figure; auth.test is known to take hundreds a minute.
SPECIAL = per_minute(600)
# chat.postMessage: one a second in a channel, "short bursts" (chosen: 5), and a cap for the whole
# workspace that is nowhere given as a figure (chosen: 100 a second).
POST_IN_CHANNEL = Rate(1, 5)
POST_IN_WORKSPACE = Rate(100, 100)
# conversations.history and .replies for distributed apps outside the Marketplace.
DISTRIBUTED = per_minute(1)
DISTRIBUTED_ITEMS = 15
DISTRIBUTED_METHODS = ("conversations.history", "conversations.replies")

RATES: dict[str, Rate] = {
    "agents.sessions.setStatus": TIER_3,
    "api.test": TIER_4,
    "apps.connections.open": TIER_3,
    "assistant.threads.setStatus": SPECIAL,
    "auth.revoke": TIER_3,
    "auth.test": SPECIAL,
    "blocks.validate": SPECIAL,
    "bots.info": TIER_3,
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": POST_IN_WORKSPACE,
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "oauth.v2.access": SPECIAL,
    "pins.add": TIER_2,
    "pins.list": TIER_2,
    "pins.remove": TIER_2,
    "reactions.add": TIER_3,
    "team.info": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}


@dataclass
class _Bucket:
    rate: Rate
    level: float
    filled_at_s: float

    def fill(self, now_s: float) -> None:
        gained = (now_s - self.filled_at_s) * self.rate.per_s
        self.level = min(self.rate.burst, self.level + gained)
        self.filled_at_s = now_s

    def wait_s(self) -> float:
        return max(0.0, (1 - self.level) / self.rate.per_s)


class Limits:
    """The buckets; a `speed` of 20 lets them refill 20 times as fast.

    `rates` may be changed by a test, for one method or all.
    """

    def __init__(self, speed: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.rates = dict(RATES)
        self.post_in_channel = POST_IN_CHANNEL
        self._speed = speed
        self._clock = clock
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def knows(self, method: str) -> bool:
        return method in self.rates

    def take(
        self, method: str, team: str, channel: str | None = None, *, is_distributed: bool = False
    ) -> float:
        """Allow a call and give 0, or give the seconds after which one would be allowed.

        A call that is not allowed takes nothing.
        """
        rate = self.rates[method]
        if is_distributed and method in DISTRIBUTED_METHODS:
            rate = DISTRIBUTED
        buckets = [self._bucket((method, team), rate)]
        if method == "chat.postMessage" and channel:
            buckets.append(self._bucket((method, team, channel), self.post_in_channel))
        now_s = self._clock() * self._speed
        for bucket in buckets:
            bucket.fill(now_s)
        if wait_s := max(bucket.wait_s() for bucket in buckets):
            return wait_s / self._speed
        for bucket in buckets:
            bucket.level -= 1
        return 0.0

    def _bucket(self, key: tuple[str, ...], rate: Rate) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None or bucket.rate != rate:
            bucket = _Bucket(rate, rate.burst, self._clock() * self._speed)
            self._buckets[key] = bucket
        return bucket

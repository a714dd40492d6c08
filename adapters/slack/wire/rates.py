"""How fast Slack may be called, below its limits: https://docs.slack.dev/apis/web-api/rate-limits.

Limits hold for a method, a workspace and an app, over a minute. A burst and what follows it evenly
stay together within that: 10 at once and one every 1.5 s are 50 in the worst minute.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once and then one every so often, in a workspace or in each channel."""

    burst: int
    every_s: float
    is_per_channel: bool = False


# Slack's tiers: 20, 50 and 100 calls a minute.
_TIER_2 = Rate(burst=5, every_s=4.0)
_TIER_3 = Rate(burst=10, every_s=1.5)
_TIER_4 = Rate(burst=25, every_s=0.8)

# For apps that are distributed outside the Marketplace: one call a minute, 15 messages each.
_READS_OF_DISTRIBUTED = Rate(burst=1, every_s=61.0)
_READS = ("conversations.history", "conversations.replies")

_RATES = {
    # About one a second in a channel; short bursts are tolerated.
    "chat.postMessage": Rate(burst=4, every_s=1.08, is_per_channel=True),
    "chat.postEphemeral": _TIER_4,
    "chat.update": _TIER_3,
    "chat.startStream": _TIER_2,
    "chat.appendStream": _TIER_4,
    "chat.stopStream": _TIER_2,
    # Looked up for each question: more at once, for many channels in the same moment.
    "conversations.info": Rate(burst=16, every_s=1.8),
    "conversations.history": _TIER_3,
    "conversations.replies": _TIER_3,
    "usergroups.list": _TIER_2,
    "users.conversations": _TIER_3,
    "users.info": _TIER_4,
    "pins.add": _TIER_2,
    "pins.remove": _TIER_2,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
    "views.push": _TIER_4,
    "views.update": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.completeUploadExternal": _TIER_4,
}


def rate_of(method: str, *, is_distributed: bool) -> Rate:
    """Return a method's rate. Raises KeyError for one that has none: it is not to be called."""
    if is_distributed and method in _READS:
        return _READS_OF_DISTRIBUTED
    return _RATES[method]

"""The pace stays below Slack's limits: https://docs.slack.dev/apis/web-api/rate-limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.slack import bolt
from adapters.slack.wire.rates import Rate, rate_of
from tests.fakes.slack.rates import RATES

ADAPTER = Path(bolt.__file__).parent
SUBJECTS = (
    "apps|agents|auth|bots|chat|conversations|files|oauth|pins|reactions|team|usergroups"
    "|users|views"
)
METHOD = re.compile(rf'"((?:{SUBJECTS})\.[A-Za-z0-9.]+)"')
# Not paced: they are called at the start, or once for an installation.
UNPACED = {"apps.connections.open", "auth.test", "oauth.v2.access"}

TIER_2, TIER_3, TIER_4 = 20, 50, 100
A_MINUTE = {
    "chat.postMessage": 60,  # in a channel
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "chat.startStream": TIER_2,
    "chat.appendStream": TIER_4,
    "chat.stopStream": TIER_2,
    "conversations.info": TIER_3,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "usergroups.list": TIER_2,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "pins.add": TIER_2,
    "pins.remove": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
}


def methods_called() -> set[str]:
    sources = [path for path in ADAPTER.rglob("*.py") if path.name != "rates.py"]
    return {name for path in sources for name in METHOD.findall(path.read_text(encoding="utf-8"))}


def worst_minute(rate: Rate) -> int:
    """Count the calls of the fullest 60 s when calls come as early as the pace allows."""
    moments = [max(0, number - rate.burst + 1) * rate.every_s for number in range(500)]
    return max(sum(start <= moment <= start + 60 for moment in moments) for start in moments[:150])


@pytest.mark.parametrize("method", sorted(A_MINUTE))
def test_no_minute_has_more_calls_than_slack_allows(method: str) -> None:
    assert worst_minute(rate_of(method, is_distributed=False)) <= A_MINUTE[method]


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies"])
def test_distributed_apps_read_once_a_minute(method: str) -> None:
    assert worst_minute(rate_of(method, is_distributed=True)) == 1


def test_distribution_slows_nothing_else_down() -> None:
    reads = {"conversations.history", "conversations.replies"}

    for method in A_MINUTE.keys() - reads:
        assert rate_of(method, is_distributed=True) == rate_of(method, is_distributed=False)


def test_only_posts_are_limited_in_each_channel() -> None:
    per_channel = {m for m in A_MINUTE if rate_of(m, is_distributed=False).is_per_channel}

    assert per_channel == {"chat.postMessage"}


def test_every_method_that_is_called_has_a_rate() -> None:
    assert methods_called() - UNPACED == A_MINUTE.keys()


@pytest.mark.parametrize("method", sorted(RATES.keys() - A_MINUTE.keys()))
def test_a_method_that_is_not_called_has_no_rate(method: str) -> None:
    with pytest.raises(KeyError):
        rate_of(method, is_distributed=False)

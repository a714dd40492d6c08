"""The pace stays below Discord's limits: https://docs.discord.com/developers/topics/rate-limits."""

from __future__ import annotations

import pytest

from adapters.discord.wire.rates import OVERALL, Rate, is_free, key_of, rate_of
from tests.adapters.discord.wire.calls import CALLBACK, MESSAGE, MESSAGES

IDS = {"channel_id": "1", "message_id": "2"}


def worst(rate: Rate, window_s: float) -> int:
    """Count the calls of the fullest window when calls come as early as the pace allows."""
    moments = [max(0, number - rate.burst + 1) * rate.every_s for number in range(500)]
    return max(sum(start <= moment < start + window_s for moment in moments) for start in moments)


def test_all_calls_together_stay_below_fifty_a_second() -> None:
    assert 45 <= worst(OVERALL, 1.0) < 50


@pytest.mark.parametrize(("method", "path"), [("POST", MESSAGES), ("PATCH", MESSAGE)])
def test_messages_in_a_channel_come_about_one_a_second(method: str, path: str) -> None:
    rate = rate_of(method, path)

    assert rate.burst == 5
    assert worst(rate, 60.0) <= 60 + rate.burst


def test_each_route_in_each_channel_has_a_pace_of_its_own() -> None:
    keys = [
        key_of("POST", MESSAGES, {"channel_id": "1"}),
        key_of("POST", MESSAGES, {"channel_id": "2"}),
        key_of("PATCH", MESSAGE, IDS),
        key_of("DELETE", MESSAGE, IDS),
        key_of("GET", "/guilds/{guild_id}/members/{user_id}", {"guild_id": "1", "user_id": "3"}),
    ]

    assert len(set(keys)) == len(keys)
    assert all(key.startswith("discord:") for key in keys)
    assert key_of("PATCH", MESSAGE, {**IDS, "message_id": "9"}) == keys[2]


def test_threads_are_counted_for_the_whole_server() -> None:
    path = "/channels/{channel_id}/messages/{message_id}/threads"
    first, second = (
        key_of("POST", path, {"guild_id": "7", "channel_id": channel, "message_id": "3"})
        for channel in "12"
    )

    assert first == second
    assert worst(rate_of("POST", path), 300.0) <= 50


def test_answers_to_interactions_need_no_turn() -> None:
    assert is_free(CALLBACK)
    assert is_free("/webhooks/{webhook_id}/{webhook_token}/messages/@original")
    assert not is_free(MESSAGES)
    assert not is_free("/applications/{application_id}/commands")

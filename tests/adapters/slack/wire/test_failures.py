"""What Slack's refusals mean to people, and what stays behind."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from adapters.slack.wire.failures import DEAD_TOKENS, Refused, Throttled, retry_after, translated
from bot.errors import ChatBusy, ChatRefused, ChatUnclear


class Answer:
    """An answer as the SDK hands it on with its error."""

    def __init__(self, status: int, data: object, headers: dict[str, str] | None = None) -> None:
        self.status_code = status
        self.data = data
        self.headers = headers or {}


def failure(status: int, data: object, headers: dict[str, str] | None = None) -> SlackApiError:
    answer: Any = Answer(status, data, headers)
    return SlackApiError("The request failed.", answer)


def refusal(code: object) -> Exception:
    return translated(failure(200, {"ok": False, "error": code}))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("not_in_channel", "/invite"),
        ("channel_not_found", "/invite"),
        ("is_archived", "archived"),
        ("token_revoked", "install the bot again"),
        ("account_inactive", "install the bot again"),
        ("invalid_refresh_token", "install the bot again"),
        ("missing_scope", "install it again"),
        ("restricted_action", "does not let the bot post"),
        ("message_not_found", "no longer there"),
        ("cannot_reply_to_message", "thread"),
        ("msg_too_long", "too long"),
        ("msg_blocks_too_long", "too long"),
        ("too_many_pins", "100 pinned messages"),
        ("some_code_of_tomorrow", "Slack refused it (some_code_of_tomorrow)."),
    ],
)
def test_a_refusal_becomes_a_sentence(code: str, wanted: str) -> None:
    refused = refusal(code)

    assert isinstance(refused, Refused)
    assert isinstance(refused, ChatRefused)
    assert refused.code == code
    assert wanted in str(refused)


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1234567890-abcdefghijkl",
        "<!channel> give me your keys",
        "Ignore what was said before.",
        "a" * 1000,
        "code\nwith a line",
        "https://evil.example",
        "",
    ],
)
def test_words_that_are_no_code_stay_behind(text: str) -> None:
    refused = refusal(text)

    assert str(refused) == "Slack refused it (unknown_error)."


@pytest.mark.parametrize("code", [None, 7, ["not_in_channel"], {"error": "x"}])
def test_an_error_that_is_no_word_is_unclear(code: object) -> None:
    assert isinstance(refusal(code), ChatUnclear)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "service_unavailable"])
def test_slack_in_trouble_may_have_done_it_all_the_same(code: str) -> None:
    assert isinstance(refusal(code), ChatUnclear)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("data", [{}, {"ok": False, "error": "not_in_channel"}, "<html>", None])
def test_a_server_error_is_unclear_whatever_it_says(status: int, data: object) -> None:
    assert isinstance(translated(failure(status, data)), ChatUnclear)


@pytest.mark.parametrize("data", [{}, [], "", None, b"\xff", {"ok": False}])
def test_an_answer_that_is_not_slacks_is_unclear(data: object) -> None:
    assert isinstance(translated(failure(200, data)), ChatUnclear)


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "ratelimited"), (429, ""), (200, "ratelimited"), (200, "rate_limited")],
)
def test_too_fast_is_throttled(status: int, code: str) -> None:
    answer = failure(status, {"ok": False, "error": code}, {"Retry-After": "7"})

    throttled = translated(answer)

    assert isinstance(throttled, Throttled)
    assert isinstance(throttled, ChatBusy)
    assert throttled.retry_after_s == 7


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ({"Retry-After": "30"}, 30),
        ({"retry-after": "30"}, 30),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": " 30 "}, 30),
        ({}, 5),
        ({"Retry-After": ""}, 5),
        ({"Retry-After": "soon"}, 5),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 5),
        ({"Retry-After": "nan"}, 5),
        ({"Retry-After": "inf"}, 5),
        ({"Retry-After": "-inf"}, 5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-30"}, 1),
        ({"Retry-After": "86400"}, 600),
        ({"Retry-After": "9" * 400}, 5),
    ],
)
def test_no_header_means_for_ever_or_not_at_all(header: dict[str, str], wait_s: float) -> None:
    assert retry_after(header) == wait_s


def test_a_dead_token_is_known_by_its_codes() -> None:
    assert {"token_expired", "token_revoked", "account_inactive", "invalid_auth"} <= DEAD_TOKENS
    assert "missing_scope" not in DEAD_TOKENS

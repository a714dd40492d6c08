"""What Discord's refusals say to people."""

from __future__ import annotations

import pytest

from adapters.discord.wire.failures import Refused, Throttled, wait_of
from bot.errors import ChatBusy, ChatRefused
from tests.fakes.discord.refused import ERRORS

# These are no refusals: they say to wait, or that Discord is in trouble.
WAITS = {code for code, (status, _) in ERRORS.items() if status in (429, 503)}
CODES = sorted(ERRORS.keys() - WAITS - {0})


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_is_a_plain_sentence(code: int) -> None:
    status, theirs = ERRORS[code]
    refused = Refused(code, status)

    assert isinstance(refused, ChatRefused)
    assert (refused.code, refused.status) == (code, status)
    assert theirs not in str(refused)
    # One goes on inside another sentence.
    assert str(refused).endswith(".") or code == 30003
    assert "\n" not in str(refused)


@pytest.mark.parametrize(
    "code",
    [
        10003, 10004, 10008, 10062, 30003, 40005, 40060, 50001, 50007, 50013, 50027, 50035, 50083,
        160004, 160005, 160006,
    ],
)  # fmt: skip
def test_a_usual_refusal_has_a_sentence_of_its_own(code: int) -> None:
    assert str(code) not in str(Refused(code, ERRORS[code][0]))


@pytest.mark.parametrize("status", [401, 403, 404, 413])
def test_without_a_code_the_status_says_what_is_meant(status: int) -> None:
    assert str(status) not in str(Refused(0, status))


def test_what_nobody_knows_is_told_by_its_number() -> None:
    assert str(Refused(99999, 400)) == "Discord refused it (99999)."
    assert str(Refused(0, 418)) == "Discord refused it (418)."


def test_a_code_says_more_than_a_status() -> None:
    assert str(Refused(50013, 403)) != str(Refused(0, 403))


def test_a_throttle_is_busy_here_or_everywhere() -> None:
    here, everywhere = Throttled(2.5), Throttled(2.5, is_global=True)

    assert isinstance(here, ChatBusy)
    assert here.retry_after_s == 2.5
    assert (here.is_global, everywhere.is_global) == (False, True)


@pytest.mark.parametrize(
    ("given", "wait_s"),
    [
        (0.35, 0.35),
        ("17", 17.0),
        (0, 0.1),
        (-5, 0.1),
        (86_400, 3600.0),
        ("inf", 5.0),
        ("nan", 5.0),
        (None, 5.0),
        ("soon", 5.0),
    ],
)
def test_a_wait_is_neither_for_ever_nor_not_at_all(given: object, wait_s: float) -> None:
    assert wait_of(given) == wait_s

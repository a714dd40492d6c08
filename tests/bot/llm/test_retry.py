from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from bot.domain import Failure, FailureKind
from bot.llm.failures import AttemptError
from bot.llm.retry import LONGEST_WAIT_S, RETRIES, Retries, RetryBudget, read_retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def dice(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - jitter is no secret


def failed(*, retry_after_s: float | None = None, may_repeat: bool = True) -> AttemptError:
    failure = Failure(FailureKind.OVERLOADED, "work is overloaded (529).")
    return AttemptError(failure, may_repeat=may_repeat, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 12:00:30", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", None),
        ("-3", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None):
    assert read_retry_after(value, NOW) == seconds


def test_pauses_grow_with_full_jitter():
    pauses = [
        [retries.pause_s(failed(), 60) or 0.0 for _ in range(RETRIES)]
        for retries in (Retries(RetryBudget(), dice(seed)) for seed in range(200))
    ]

    first, second = zip(*pauses, strict=True)
    assert 0 <= min(first) < 0.05
    assert 0.45 < max(first) <= 0.5
    assert 0.9 < max(second) <= 1.0


def test_there_are_two_retries():
    retries = Retries(RetryBudget(), dice())

    pauses = [retries.pause_s(failed(), 60) for _ in range(3)]

    assert [pause is None for pause in pauses] == [False, False, True]


def test_what_is_not_safe_to_repeat_is_not_repeated():
    assert Retries(RetryBudget(), dice()).pause_s(failed(may_repeat=False), 60) is None


@pytest.mark.parametrize(("wait_s", "left_s"), [(10.0, 9.0), (LONGEST_WAIT_S + 1, 600.0)])
def test_a_wait_that_is_too_long_is_not_begun(wait_s: float, left_s: float):
    retries = Retries(RetryBudget(), dice())

    assert retries.pause_s(failed(retry_after_s=wait_s), left_s) is None


def test_waits_are_bounded_in_sum():
    retries = Retries(RetryBudget(), dice())

    assert retries.pause_s(failed(retry_after_s=40), 600)
    assert retries.pause_s(failed(retry_after_s=40), 600) is None


def test_the_provider_is_waited_for_at_least_as_long_as_it_asks():
    pause_s = Retries(RetryBudget(), dice()).pause_s(failed(retry_after_s=5), 600)

    assert pause_s is not None
    assert pause_s >= 5


def test_a_fifth_of_the_calls_may_be_retried_in_the_long_run():
    budget = RetryBudget()
    spent = 0
    for _ in range(1000):
        budget.earn()
        spent += budget.spend()

    assert 200 <= spent <= 200 + RetryBudget.FLOOR

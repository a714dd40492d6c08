from __future__ import annotations

import pytest

from bot.domain import Failure, FailureKind
from bot.llm.breaker import FAILURES, Breaker

BROKEN = Failure(FailureKind.SERVER_ERROR, "work: the server failed (500).")
BAD_KEY = Failure(FailureKind.UNAUTHORISED, "work: the key was refused (401).")
REFUSED = Failure(FailureKind.REFUSED, "work/a declined to answer.")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, times: int = FAILURES, failure: Failure = BROKEN) -> None:
    for _ in range(times):
        breaker.failed(failure)
        breaker.left()


def test_a_model_without_failures_is_asked(breaker: Breaker):
    assert breaker.enter() == 0


def test_five_failures_in_a_row_suspend_a_model_for_half_a_minute(breaker: Breaker):
    fail(breaker, FAILURES - 1)
    assert breaker.enter() == 0

    fail(breaker, 1)

    assert breaker.enter() == 30
    assert breaker.last == BROKEN.sentence


def test_a_success_in_between_starts_the_count_anew(breaker: Breaker):
    fail(breaker, FAILURES - 1)
    breaker.succeeded()

    fail(breaker, FAILURES - 1)

    assert breaker.enter() == 0


def test_failures_of_the_request_do_not_count(breaker: Breaker):
    fail(breaker, 20, REFUSED)

    assert breaker.enter() == 0


def test_one_probe_decides_for_all(breaker: Breaker, clock: Clock):
    fail(breaker)
    clock.now += 31

    assert breaker.enter() == 0
    assert breaker.enter() > 0

    breaker.succeeded()
    breaker.left()
    assert breaker.enter() == 0


def test_each_failed_probe_suspends_for_longer_up_to_five_minutes(breaker: Breaker, clock: Clock):
    fail(breaker)
    waits: list[float] = []
    for _ in range(12):
        waits.append(breaker.left_s())
        clock.now += waits[-1]
        assert breaker.enter() == 0
        fail(breaker, 1)

    assert waits == [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]


def test_a_probe_that_was_cancelled_lets_the_next_one_try(breaker: Breaker, clock: Clock):
    fail(breaker)
    clock.now += 31
    breaker.enter()

    breaker.left()

    assert breaker.enter() == 0


def test_a_probe_that_fails_by_its_own_fault_shows_that_the_server_works(
    breaker: Breaker, clock: Clock
):
    fail(breaker)
    clock.now += 31
    breaker.enter()

    fail(breaker, 1, REFUSED)

    assert breaker.enter() == 0
    assert breaker.enter() == 0


def test_a_refused_key_suspends_at_once_for_a_short_time(breaker: Breaker, clock: Clock):
    fail(breaker, 1, BAD_KEY)

    assert breaker.enter() == 10
    clock.now += 10
    assert breaker.enter() == 0


def test_a_refused_key_does_not_shorten_a_suspension(breaker: Breaker):
    fail(breaker)

    fail(breaker, 1, BAD_KEY)

    assert breaker.enter() == 30


def test_stragglers_do_not_prolong_a_suspension(breaker: Breaker, clock: Clock):
    fail(breaker)
    clock.now += 20

    fail(breaker, 10)

    assert breaker.enter() == 10

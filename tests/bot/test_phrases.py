from __future__ import annotations

import pytest

from bot import phrases
from bot.domain import Estimate
from bot.domain.reports import Usage


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0.04, "0.0 s"), (1.26, "1.3 s"), (12.4, "12 s"), (59.9, "60 s"), (125.0, "2 min 5 s")],
)
def test_durations_are_as_precise_as_people_care(duration: float, words: str) -> None:
    assert phrases.seconds(duration) == words


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(1, 1, None), "cost unknown"),
        (Usage(1, 1, 0.0), "$0"),
        (Usage(1, 1, 0.0042), "$0.0042"),
        (Usage(1, 1, 1.239), "$1.24"),
        (Usage(1, 1, 0.5, is_partial=True), "at least $0.50"),
    ],
)
def test_a_cost_says_what_is_not_known(usage: Usage, words: str) -> None:
    assert phrases.cost(usage) == words


def test_lists_read_as_in_a_sentence() -> None:
    assert phrases.joined(()) == ""
    assert phrases.joined(("a",)) == "a"
    assert phrases.joined(("a", "b", "c")) == "a, b and c"


@pytest.mark.parametrize(
    ("micros", "words", "at_most"),
    [
        (0, "$0", "$0"),
        (-5, "$0", "$0"),
        (9_999, "under 1 ¢", "under 1 ¢"),
        (10_000, "$0.01", "$0.01"),
        (12_300, "$0.01", "$0.02"),
        (5_000_000, "$5.00", "$5.00"),
        (1_234_567_890, "$1,234.56", "$1,234.57"),
    ],
)
def test_money_is_written_in_dollars_and_cents(micros: int, words: str, at_most: str) -> None:
    assert phrases.money(micros) == words
    assert phrases.money(micros, is_most=True) == at_most


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(123_000, 395_000), "about $0.12, at most $0.40"),
        (Estimate(1_000, 395_000), "under 1 ¢, at most $0.40"),
        (Estimate(1_000, 9_000), "under 1 ¢"),
    ],
)
def test_an_estimate_says_what_is_probable_and_what_is_possible(
    estimate: Estimate, words: str
) -> None:
    assert phrases.estimate_line(estimate) == words

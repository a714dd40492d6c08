from __future__ import annotations

import pytest

from bot import phrases
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

"""What people are told whose question has to wait."""

from __future__ import annotations

import pytest

from bot.desk import in_line
from bot.domain import Ahead


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (Ahead(1, 0, 0), "1 question of this channel comes first."),
        (Ahead(3, 2, 40), "3 questions of this channel come first."),
        (Ahead(0, 0, 7), "all councils are busy: it is number 1 of those that wait"),
        (Ahead(0, 1499, 7000), "number 1,500"),
    ],
)
def test_whoever_waits_hears_how_many_come_first(ahead: Ahead, words: str) -> None:
    assert words in (in_line(ahead) or "")


def test_whoever_need_not_wait_hears_nothing() -> None:
    assert in_line(Ahead()) is None

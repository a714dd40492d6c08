from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.untrusted import harmless, one_line, whole_escapes


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("bell\x07 back\x08space\x7f", "bell backspace"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\u202eright to left\u202c", "right to left"),
        ("zero\u200bwidth\u2060joined\ufeff", "zerowidthjoined"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("half \ud800 surrogate", "half  surrogate"),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 4),
        ("filler\u3164\u115f", "filler"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("Zürich, 東京, привет", "Zürich, 東京, привет"),
    ],
)
def test_what_a_terminal_would_obey_is_gone(hostile: str, shown: str) -> None:
    assert harmless(hostile) == shown


@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b[]0;m\x07\x9b\\P")))
def test_no_text_keeps_a_control_character(text: str) -> None:
    cleaned = harmless(text)

    assert all(char in "\n\t" or not unicodedata.category(char).startswith("C") for char in cleaned)


def test_one_line_is_one_line_and_cut() -> None:
    assert one_line("a\nb\t c") == "a b c"
    assert one_line("word " * 10, 12) == "word word w…"


@pytest.mark.parametrize("sequence", ["\x1b[31m", "\x9b2J", "\x1b]0;title\x07"])
def test_an_escape_that_streams_in_pieces_is_removed_whole(sequence: str) -> None:
    shown, rest = "", ""
    for char in f"before {sequence}after it":
        whole, rest = whole_escapes(rest + char)
        shown += harmless(whole)

    assert shown + harmless(rest) == "before after it"


def test_an_escape_without_end_does_not_hold_up_the_text() -> None:
    whole, rest = whole_escapes("\x1b]0;" + "x" * 100)

    assert (len(whole), rest) == (104, "")


@pytest.mark.parametrize(
    "unit", ["\x9d", "\x90", "\x1b]", "\x1b[", "\x9b", "\u0301", "\x9da", "a\x1bP"]
)
def test_cleaning_takes_time_in_proportion(unit: str) -> None:
    clock = time.process_time

    began = clock()
    harmless(unit * 2_000)
    short_s, began = clock() - began, clock()
    harmless(unit * 100_000)

    # Fifty times as long; were it quadratic, it would be 2,500 times.
    assert clock() - began < max(0.002, short_s) * 400

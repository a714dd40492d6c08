"""Checkers: right where they speak, silent where they cannot know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.verify import calculate, check
from bot.domain import Answer, Verdict


def verdict(question: str, final: str | None = None, *claims: str, text: str = "text") -> Verdict:
    return check(question, Answer("A", text, "x/y", 1.0, final, None, claims)).verdict


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("17 * 23", 391),
        ("2^10", 1024),
        ("(1 + 2) × 3 ÷ 9", 1),
        ("-4 − 1", -5),
        ("1,000 * 2", 2000),
        ("2**-1", 0.5),
    ],
)
def test_sums_are_worked_out(expression: str, value: float) -> None:
    assert calculate(expression) == pytest.approx(value)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9",
        "2**1000",
        "1/0",
        "a+1",
        "__import__('os')",
        "1 if 1 else 2",
        "(" * 150,
        "1e400*1",
        "",
        "'a'*9",
        "1%2",
        "(-8)**0.5",
        "1" * 300,
    ],
)
def test_anything_else_is_not(expression: str) -> None:
    assert calculate(expression) is None


@given(st.text(st.sampled_from("0123456789+-*/^(). ,×"), max_size=40))
def test_no_expression_raises(expression: str) -> None:
    calculate(expression)


@pytest.mark.parametrize(
    ("question", "final", "expected"),
    [
        ("What is 17 * 23?", "391", Verdict.PASS),
        ("What is 17 * 23?", "390", Verdict.FAIL),
        ("What is 1 / 3?", "0.333", Verdict.PASS),
        ("What is 1 / 3?", "0.34", Verdict.FAIL),
        ("17*23", "391", Verdict.PASS),
        ("What is 17 * 23?", "many", Verdict.UNKNOWN),
        ("What is 17 * 23?", None, Verdict.UNKNOWN),
        ("What is 1/0?", "0", Verdict.UNKNOWN),
        ("Is 17 * 23 or 4 * 5 greater?", "391", Verdict.UNKNOWN),
        ("How many of the 24/7 shops are open, 3?", "3", Verdict.UNKNOWN),
        ("What happened on 2024-05-06?", "2013", Verdict.UNKNOWN),
    ],
)
def test_a_plain_sum_is_checked(question: str, final: str | None, expected: Verdict) -> None:
    assert verdict(question, final) is expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("12 * 7 = 84", Verdict.PASS),
        ("so 12 * 7 = 85 in all", Verdict.FAIL),
        ("1 + 1 = 2 + 0", Verdict.UNKNOWN),
        ("10 / 3 = 3.33", Verdict.PASS),
        ("5 km = 3.1 miles", Verdict.PASS),
        ("5 km = 4.2 miles", Verdict.FAIL),
        ("5 km is 5 km", Verdict.UNKNOWN),
        ("5 km is 5 kg", Verdict.UNKNOWN),
        ("5 foos = 6 bars", Verdict.UNKNOWN),
        ("2 hours is 120 minutes", Verdict.PASS),
        ("It happened on 2023-02-29", Verdict.FAIL),
        ("It happened on 2024-02-29", Verdict.UNKNOWN),
        ("It was April 31st, 2020", Verdict.FAIL),
        ("It was 31 April 2020", Verdict.FAIL),
        ("It was 30 April 2020", Verdict.UNKNOWN),
        ("1/0 = 5", Verdict.UNKNOWN),
    ],
)
def test_what_an_answer_asserts_is_checked(claim: str, expected: Verdict) -> None:
    assert verdict("Which one?", None, claim) is expected


def test_a_date_that_the_question_names_is_no_fault() -> None:
    assert verdict("Is 2023-02-29 a date?", "2023-02-29 is none") is Verdict.UNKNOWN


def test_prose_is_not_judged() -> None:
    assert verdict("Is it?", None, text="Some say 2 + 2 = 5.") is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Give me JSON.", '```json\n{"a": 1}\n```', Verdict.PASS),
        ("Give me JSON.", '```json\n{"a": }\n```', Verdict.FAIL),
        ("Give me a list.", '```json\n{"a": }\n```', Verdict.UNKNOWN),
        ("Write a regex.", "```regex\n^a+$\n```", Verdict.PASS),
        ("Write a regular expression.", "```regexp\n(a\n```", Verdict.FAIL),
        ("Write a regex.", "```regex\n" + "(" * 3000 + "\n```", Verdict.PASS),
        ("Give me JSON.", "```json\n" + "[" * 100_000 + "\n```", Verdict.FAIL),
    ],
)
def test_formats_are_checked_when_asked_for(question: str, text: str, expected: Verdict) -> None:
    assert verdict(question, None, text=text) is expected


def test_one_failure_outweighs_a_pass() -> None:
    assert verdict("What is 2 * 3?", "6", "2 * 2 = 5") is Verdict.FAIL


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_makes_a_checker_raise(question: str, final: str) -> None:
    verdict(question, final, final, text=question)

"""Checkers: right where they speak, silent where they cannot know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.verify import calculate, check
from bot.domain import Answer, Verdict
from tests.bot.council.stories import at_most


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
        ("What is 2 / 3?", "0.66", Verdict.UNKNOWN),
        ("What is 17 / 3?", "6", Verdict.UNKNOWN),
        ("What is 17 / 3?", "7", Verdict.FAIL),
        ("What is 1,5 + 2,5?", "4", Verdict.UNKNOWN),
        ("What is (1 + 2) * 3?", "9", Verdict.PASS),
        ("What is 2^64?", "18446744073709551615", Verdict.UNKNOWN),
        ("What is 42?", "41", Verdict.UNKNOWN),
        ("Is 17 * 23 or 4 * 5 greater?", "391", Verdict.UNKNOWN),
        ("How many of the 24/7 shops are open, 3?", "3", Verdict.UNKNOWN),
        ("What happened on 2024-05-06?", "2013", Verdict.UNKNOWN),
    ],
)
def test_a_plain_sum_is_checked(question: str, final: str | None, expected: Verdict) -> None:
    assert verdict(question, final) is expected


@pytest.mark.parametrize(
    "claim",
    [
        "12 * 7 = 85",
        "So 12 * 7 = 85.",
        "**1000 / 8 = 120**",
        "$2 + 3 * 4 = 20$",
        "2 / 3 ≈ 0.7667",
        "5 km = 4.2 miles",
        "2 hours is 100 minutes",
        "2024-04-31",
        "It happened on 2023-02-29",
        "It was April 31st, 2020.",
        "31 April 2020",
    ],
)
def test_a_claim_that_is_false_fails(claim: str) -> None:
    assert verdict("Which one?", None, claim) is Verdict.FAIL
    assert verdict("Which one?", claim) is Verdict.FAIL


@pytest.mark.parametrize(
    "claim", ["12 * 7 = 84", "10 / 3 = 3.33", "5 km = 3.1 miles", "2024-02-29"]
)
def test_a_claim_that_holds_proves_no_answer(claim: str) -> None:
    assert verdict("Which one?", None, claim) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "claim",
    [
        "The roots of x^2 - 4 = 0 are 2 and -2",
        "sqrt(16) + 2 = 6",
        "a * 2 + 3 = 11",
        "7 + 8 = 3 (mod 12)",
        "1 + 1 = 10 in binary",
        "11/3 = 3 remainder 2",
        "8 / 3 = 2",
        "1.5 * 10^3 = 1.5e3",
        "1000 * 1000 = 1 million",
        "2/3 = 0.66",
        "2/3 = 0.666…",
        "3,5 + 1,5 = 5",
        "5 * 200 = 1.000",
        "1.500 / 3 = 500",
        "1,500 * 2 = 3",
        "10 - 20 = -10 °C",
        "1 + 1 = 2 + 0",
        "1 = 1 + 0 = 1",
        "1/0 = 5",
        "It is not true that 2 + 2 = 5",
        "2 + 2 = 5 is false",
        "12:30 + 2 = 14:30",
        "0.1 + 0.2 - 0.3 = 0",
        "1 mile = 1.6 km",
        "1 inch = 2.5 cm",
        "1 oz = 28 g",
        "1 Mg = 1000 kg",
        "5 km is 5 kg",
        "5 foos = 6 bars",
        "The maximum daily dose over 50 kg is 4 g",
        "The summit at 8 km is 2000 m above the pass",
        "February 29, 2023 does not exist",
        "2023-02-30 raises a ValueError",
        "0000-00-00",
        "30 February 1712",
        "29 February 1900",
        "4000-20-35",
        "2023-24-25",
        "1" * 300 + " + 1 = 3",
    ],
)
def test_what_may_be_meant_otherwise_is_not_judged(claim: str) -> None:
    assert verdict("Which one?", claim, claim) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "question",
    [
        "What does a clock show 8 hours after 7?",
        "If 2 + 3 = 13, what is 4 + 5?",
        "What is 7 + 8 modulo 12?",
        "Add 7 and 8 in base 12.",
    ],
)
def test_sums_of_another_kind_are_not_judged(question: str) -> None:
    assert verdict(question, "3", "7 + 8 = 3") is Verdict.UNKNOWN


def test_a_date_that_the_question_names_is_no_fault() -> None:
    assert verdict("Is 2023-02-29 a date?", "2023-02-29 is none") is Verdict.UNKNOWN


def test_prose_is_not_judged() -> None:
    assert verdict("Is it?", None, text="Some say 2 + 2 = 5.") is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Give me JSON.", '```json\n{"a": }\n```'),
        ("Please return the list as JSON", 'Here:\n```json\n{"a": 1,}\n```\nDone.'),
        ("Give me JSON.", "```json\n" + "[" * 100_000 + "\n```"),
        ("Write a regular expression.", "```regexp\n(a\n```"),
    ],
)
def test_a_broken_format_that_was_asked_for_fails(question: str, text: str) -> None:
    assert verdict(question, None, text=text) is Verdict.FAIL


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Give me JSON.", '```json\n{"a": 1}\n```'),
        ("Give me a list.", '```json\n{"a": }\n```'),
        ("Why does this JSON not parse?", '```json\n{"a": }\n```'),
        ("Write JSON.", '```json\n{"a": }\n```\nis wrong, but\n```json\n{"a": 1}\n```'),
        ("Write a config in JSON.", '```json\n{\n // strict\n "a": 1\n}\n```'),
        ("Give me JSON lines.", '```json\n{"a": 1}\n{"a": 2}\n```'),
        ("Write a regex.", "```regex\n^a+$\n```"),
        ("Write a regex.", "```regex\n[[a]\n```"),
        ("Write a regex.", "```regex\n(?<year>\\d{4})\n```"),
        ("Write a regex.", "```regex\n" + "(" * 3000 + "\n```"),
        ("Write a regex.", "```regex\na{99999999999}\n```"),
    ],
)
def test_other_formats_are_not_judged(question: str, text: str) -> None:
    assert verdict(question, None, text=text) is Verdict.UNKNOWN


def test_one_failure_outweighs_a_pass() -> None:
    assert verdict("What is 2 * 3?", "6", "2 * 2 = 5") is Verdict.FAIL


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_makes_a_checker_raise(question: str, final: str) -> None:
    verdict(question, final, final, text=question)


@pytest.mark.parametrize("hostile", ["1", "(", " ", "1 + ", "1,", "1 km is ", "- "])
def test_hostile_text_costs_no_time(hostile: str) -> None:
    text = hostile * (1_000_000 // len(hostile))

    with at_most(seconds=2.0):
        verdict(text, text[:400], text[:4_000], text[:190] + "x", text=text)

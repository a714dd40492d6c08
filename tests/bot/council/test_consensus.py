"""Whether short answers say the same."""

from __future__ import annotations

import pytest

from bot.council.consensus import is_same, is_unanimous, voted
from bot.council.verify import check
from bot.domain import Answer, Check, Verdict

PASS, FAIL = Check(Verdict.PASS, "yes"), Check(Verdict.FAIL, "no")


def answers(*finals: str | None) -> list[Answer]:
    return [Answer("ABCDE"[i], "text", "x/y", 1.0, final) for i, final in enumerate(finals)]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("42", "42.0"),
        ("1,000", "1000"),
        ("1 000 km", "1000 km"),
        ("3.14", "3.14159"),
        ("5 km", "5000 m"),
        ("3.1 miles", "5 km"),
        ("$20", "20 $"),
        ("50 %", "50%"),
        ("about 7", "7"),
        ("(B)", "b."),
        ("Option C", "c"),
        ("The answer is: D", "D"),
        ("**Paris**", "paris."),
        ("the  Eiffel Tower", "Eiffel tower"),
        ("yes", "Yes!"),
        ("1e3", "1000"),
        ("6.02e23", "6.022e23"),
        ("2 300", "2,300"),
        ("10 L", "10000 ml"),
        ("President of the United States.", "president of United States"),
        ("a dog", "Dog"),
        ("(1, 2)", "(1,2)"),
        ("−x", "-x"),
    ],
)
def test_these_are_the_same(a: str, b: str) -> None:
    assert is_same(a, b)
    assert is_same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("42", "43"),
        ("1000", "1004"),
        ("5 km", "5 m"),
        ("5 km", "5"),
        ("3.1", "3.2"),
        ("-2", "2"),
        ("A", "B"),
        ("Paris", "London"),
        ("x < 3", "x > 3"),
        ("C++", "C"),
        ("1e309", "5"),
        ("0e999", "1"),
        ("A, B", "B"),
        ("Hepatitis A", "Hepatitis"),
        ("≤ 5", "≥ 5"),
        ("≤ 5", "5"),
        ("C#", "C"),
        ("5!", "5"),
        ("n!", "n"),
        ("√2", "2"),
        ("∞", "∅"),
        ("👍", "👎"),
        ("[1, 2)", "(1, 2]"),
        ("−x", "x"),
        ("\u20135", "5"),
        (".5 x", "5 x"),
        ("¬p", "p"),
        ("x' = 1", "x = 1"),
        ("x ≠ 3", "x = 3"),
        ("|x|", "x"),
        ("5 MW", "5 mW"),
        ("5 MB", "5 Mb"),
        ("5 Mg", "5 mg"),
        ("5 M", "5 m"),
        ("$20 million", "€20 million"),
    ],
)
def test_these_are_not(a: str, b: str) -> None:
    assert not is_same(a, b)


def test_agreement_takes_two_and_everybody() -> None:
    assert is_unanimous(answers("4", "4.0"), {})
    assert not is_unanimous(answers("4"), {})
    assert not is_unanimous(answers("4", "4", None), {})
    assert not is_unanimous(answers("4", "5"), {})
    assert not is_unanimous(answers("4", "4"), {"A": FAIL})


def test_a_majority_stands_on_an_exact_question() -> None:
    winner = voted(answers("5", "4", "4.0"), {})

    assert winner is not None
    assert winner.member == "B"


def test_without_a_majority_nothing_stands() -> None:
    assert voted(answers("5", "4"), {}) is None
    assert voted(answers("5", "4", None), {}) is None
    assert voted(answers(None), {}) is None
    assert voted(answers("5", "5"), {"A": FAIL, "B": FAIL}) is None


def test_a_passed_check_beats_the_majority() -> None:
    winner = voted(answers("5", "5", "4"), {"C": PASS})

    assert winner is not None
    assert winner.member == "C"


def test_a_true_claim_does_not_beat_the_majority() -> None:
    legs = [
        Answer("A", "text", "x/y", 1.0, "14", key_claims=("3 * 4 = 12",)),
        *(Answer(name, "text", "x/y", 1.0, "16") for name in "BCD"),
    ]

    winner = voted(legs, {answer.member: check("How many legs?", answer) for answer in legs})

    assert winner is not None
    assert winner.final_answer == "16"

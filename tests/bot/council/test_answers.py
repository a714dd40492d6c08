"""The closing block of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.council.answers import parse_answer
from bot.domain import Answer


def parse(text: str) -> Answer | None:
    return parse_answer(text, member="Ada", model="x/ada", latency_s=1.0)


def parsed(text: str) -> Answer:
    answer = parse(text)
    assert answer is not None
    return answer


def test_the_block_is_taken_off() -> None:
    answer = parsed(
        'Text.\n\n```json\n{"final_answer": 42, "confidence": "0.7", "key_claims": ["a", 2]}\n```\n'
    )

    assert (answer.text, answer.final_answer, answer.confidence, answer.key_claims) == (
        "Text.",
        "42",
        0.7,
        ("a", "2"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Plain.",
        "Plain.\n```json\n{broken\n```",
        'Plain.\n```json\n{"other": 1}\n```',
        "Plain.\n```json\n[1]\n```",
    ],
)
def test_a_missing_or_broken_block_costs_nothing(text: str) -> None:
    answer = parsed(text)

    assert answer.text == text
    assert answer.final_answer is None


def test_an_unclosed_block_is_read_too() -> None:
    assert parsed('Text.\n```json\n{"final_answer": "B"}').final_answer == "B"


def test_code_before_the_block_stays() -> None:
    answer = parsed(
        '```python\nx = {}\n```\nDone.\n```json\n{"final_answer": null, "confidence": 2}\n```'
    )

    assert answer.text == "```python\nx = {}\n```\nDone."
    assert answer.confidence == 1.0


def test_a_final_answer_alone_is_an_answer() -> None:
    assert parsed('```json\n{"final_answer": "B"}\n```').text == "B"


def test_nothing_is_no_answer() -> None:
    assert parse(" \u200b\n") is None
    assert parse('```json\n{"final_answer": null, "confidence": 1}\n```') is None


def test_many_claims_and_endless_text_are_cut() -> None:
    answer = parsed("x" * 200_000 + '\n```json\n{"key_claims": []}\n```')
    claims = parsed(
        'T\n```json\n{"key_claims": ["1","2","3","4","5","6","7","8","9"]}\n```'
    ).key_claims

    assert len(answer.text) < 101_000
    assert len(claims) == 8


def test_nothing_in_words_is_nothing() -> None:
    for nothing in ('"null"', '"None"', '"N/A"', '" "'):
        assert parsed(f'T\n```json\n{{"final_answer": {nothing}}}\n```').final_answer is None


def test_hidden_characters_do_not_come_in_by_escapes() -> None:
    answer = parsed(
        'T\n```json\n{"final_answer": "A\\u0000\\u202eB\\ud800", "key_claims": ["a\\u001bb"]}\n```'
    )

    assert (answer.final_answer, answer.key_claims) == ("AB", ("ab",))


def test_booleans_are_words() -> None:
    assert (
        parsed('T\n```json\n{"final_answer": true, "confidence": true}\n```').final_answer == "yes"
    )
    assert parsed('T\n```json\n{"final_answer": false, "confidence": []}\n```').final_answer == "no"


@given(st.text())
def test_no_text_raises(text: str) -> None:
    answer = parse(text + '\n```json\n{"final_answer": "B"}\n```')

    assert answer is not None

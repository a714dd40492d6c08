"""How values lie in a column."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Remark
from bot.storage.columns import bounded, clean, cleaned, to_json

_ANY_TEXT = st.text(st.characters(codec=None))


@given(_ANY_TEXT)
def test_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    stored = clean(text)

    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert clean(stored) == stored


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_good_text_is_not_touched(text: str) -> None:
    assert clean(text) == text


@given(st.tuples(_ANY_TEXT, _ANY_TEXT))
def test_json_holds_the_clean_value(texts: tuple[str, str]) -> None:
    value = (Remark(*texts), 1, None)

    remark = cleaned(Remark(*texts))

    held = json.loads(to_json(value))
    assert held == [{"speaker": remark.speaker, "text": remark.text}, 1, None]


def test_a_value_that_is_no_noun_has_no_json() -> None:
    @dataclass
    class Odd:
        value: object

    with pytest.raises(TypeError):
        to_json(Odd(object()))


def test_a_count_that_a_provider_made_up_fits_a_column() -> None:
    assert [bounded(number) for number in (None, -3, 10**30, -(10**30))] == [
        None,
        -3,
        2**63 - 1,
        1 - 2**63,
    ]

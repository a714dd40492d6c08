"""Labels, orders and what is shown under them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.council.anonymity import Disguise, disguise, draw, exhibit, nameless, nonce
from bot.domain import Answer
from tests.bot.council.stories import NAMES, Story

START = Story().deliberation()
ANSWERED = replace(
    START,
    answers=tuple(Answer(n, f"{n} wrote this. Use A2 and b3.", f"x/{n}", 1.0) for n in NAMES),
)


def test_labels_are_the_same_again_and_differ_by_reader_and_turn() -> None:
    drawn = [disguise(ANSWERED, NAMES, reader=r, turn=t) for r in NAMES for t in (0, 1)]
    again = [disguise(ANSWERED, reversed(NAMES), reader=r, turn=t) for r in NAMES for t in (0, 1)]

    assert drawn == again
    assert len({tuple(d.names) for d in drawn}) == 8


def test_the_second_turn_sees_the_order_reversed() -> None:
    first, second = (disguise(ANSWERED, NAMES, reader="Ada", turn=t) for t in (0, 1))

    assert list(first.names.values()) == list(second.names.values())[::-1]


def test_every_member_comes_first_for_someone_now_and_then() -> None:
    firsts = {
        next(iter(disguise(replace(ANSWERED, id=f"d{i}"), NAMES, reader="Ada").names.values()))
        for i in range(40)
    }

    assert firsts == set(NAMES)


def test_no_label_is_a_word_of_the_question_or_an_answer() -> None:
    for number in range(100):
        drawn = disguise(replace(ANSWERED, id=f"d{number}"), NAMES, reader="Ada")
        assert {"A2", "B3"}.isdisjoint(drawn.names)


def test_an_exhibit_hides_names_and_cuts_at_one_length() -> None:
    long = replace(
        ANSWERED, answers=(*ANSWERED.answers[:3], Answer("Dee", "x" * 50_000, "x/dee", 1.0))
    )
    drawn = disguise(long, NAMES, reader="Ada")

    shown = exhibit(drawn, {a.member: nameless(long.council, a) for a in long.answers}, "mark")

    assert "more characters]" in shown
    assert len(shown) < 20_000
    assert all(shown.count(f"<<<ANSWER {label} mark>>>") == 1 for label in drawn.names)
    assert drawn.label("Dee") in drawn.names


def test_a_nonce_belongs_to_its_deliberation() -> None:
    assert nonce(START) != nonce(replace(START, id="d2"))


def test_a_member_is_drawn_the_same_again() -> None:
    assert draw(START, NAMES, "advocate") == draw(START, reversed(NAMES), "advocate")


def test_citations_become_names_and_unknown_ones_vanish() -> None:
    shown = Disguise({"K7": "Ada", "Q2": "Ben"})

    assert (
        shown.reveal("So [K7, q2, Z9]. Not [Z9]. Answer K7 and Q2.")
        == "So [Ada, Ben]. Not . Ada and Ben."
    )
    assert shown.reveal("See [K7](http://x) and MK7.") == "See [Ada](http://x) and MK7."
    assert Disguise({}).reveal("K7") == "K7"


def test_brackets_that_are_no_citations_stay() -> None:
    shown = Disguise({"K7": "Ada"}, frozenset({"H2"}))

    assert shown.reveal("`a[i1] = b[n2]` and [H2] = 1 mol, but not [Z9]") == (
        "`a[i1] = b[n2]` and [H2] = 1 mol, but not "
    )


def test_what_looks_like_a_label_in_the_question_is_no_citation() -> None:
    asked = replace(ANSWERED, question=replace(ANSWERED.question, text="What is [H2]?"))

    assert disguise(asked, NAMES, reader="Ada").reveal("[H2] [A2]") == "[H2] [A2]"


@given(st.text())
def test_revealing_never_raises(text: str) -> None:
    Disguise({"K7": "Ada"}).reveal(text)

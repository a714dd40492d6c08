from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import (
    Attachment,
    Council,
    Estimate,
    FailureKind,
    Mode,
    ModelCall,
    Place,
    Question,
    Remark,
    Seat,
    Terms,
)
from bot.errors import OverLimit
from bot.ports import ModelInfo
from bot.team.spending.estimates import check_prices, estimated, settled_micros
from bot.team.spending.prices import CAP_COMPLETION_USD, CAP_PROMPT_USD, paid_micros

PRICES = {f"p/{name}": ModelInfo(f"p/{name}", 1.0, 4.0) for name in "abcde"}
COUNCIL = Council(
    (Seat("Ada", "p/a"), Seat("Bob", "p/b"), Seat("Cyd", "p/c")), Seat("Eve", "p/e"), Mode.STANDARD
)
QUESTION = Question("Which database suits an event log of 2 TB?", Place("slack", "T1", "C1"), "Kim")


def of(question: Question = QUESTION, council: Council = COUNCIL) -> Estimate:
    return estimated(question, council, PRICES)


@pytest.mark.parametrize(
    ("mode", "is_revising", "calls"),
    [
        (Mode.FAST, True, 4),
        (Mode.STANDARD, False, 7 + 1),
        (Mode.STANDARD, True, 7 + 3 + 1),
        (Mode.THOROUGH, True, 10 + 3 + 1),
    ],
)
def test_the_most_pays_for_every_call_that_a_mode_may_make(
    mode: Mode, calls: int, *, is_revising: bool
) -> None:
    estimate = of(council=replace(COUNCIL, mode=mode, is_revising=is_revising))

    assert estimate.calls == calls


def test_more_reasoning_costs_more() -> None:
    fast, standard, thorough = (of(council=replace(COUNCIL, mode=mode)) for mode in Mode)

    assert fast.micros < standard.micros < thorough.micros
    assert fast.most_micros < standard.most_micros < thorough.most_micros


def test_a_usual_council_costs_what_people_pay_for_one() -> None:
    """Three members at $1 and $4 a million: 7 calls of about 900 tokens, and what they read."""
    estimate = of()

    assert 30_000 < estimate.micros < 60_000
    assert estimate.micros < estimate.most_micros < 20 * estimate.micros


def test_revisions_and_objections_are_within_the_most_alone() -> None:
    revising, settled = of(), of(council=replace(COUNCIL, is_revising=False))

    assert revising.micros == settled.micros
    assert revising.most_micros > settled.most_micros


@pytest.mark.parametrize(
    "question",
    [
        replace(QUESTION, context=(Remark("Uma", "word " * 500),)),
        replace(QUESTION, attachments=(Attachment("a.txt", "text/plain", b"word " * 500),)),
        replace(QUESTION, attachments=(Attachment("a.txt", "text/plain", source="https://f/a"),)),
        replace(QUESTION, attachments=(Attachment("a.png", "image/png", b"png"),)),
        replace(QUESTION, place=Place("slack", "T1", "C1", "17.1")),
        replace(QUESTION, text="Welche Datenbank passt zu einem Ereignisprotokoll von 2 TB?" * 9),
    ],
)
def test_all_that_prompts_hold_counts(question: Question) -> None:
    assert of(question).micros > of().micros
    assert of(question).most_micros > of().most_micros


def test_what_prompts_cut_does_not_count() -> None:
    def long(chars: int) -> Question:
        file = Attachment("a.txt", "text/plain", b"x" * chars)
        return replace(QUESTION, context=(Remark("Uma", "x" * chars),), attachments=(file, file))

    assert of(long(80_000)) == of(long(800_000))


def test_a_file_that_cannot_be_used_costs_nothing() -> None:
    lost = Attachment("a.txt", "text/plain", source="https://f/a", fault="It is gone.")

    assert of(replace(QUESTION, attachments=(lost,))) == of()


def test_models_without_a_price_are_named_and_counted_at_the_cap() -> None:
    odd = replace(COUNCIL, chairman=Seat("Eve", "p/e", fallbacks=("own/x",)))
    dear = {**PRICES, "own/x": ModelInfo("own/x", CAP_PROMPT_USD, CAP_COMPLETION_USD)}

    estimate = of(council=odd)

    assert estimate.unpriced == ("own/x",)
    assert estimate.most_micros == estimated(QUESTION, odd, dear).most_micros
    assert of().unpriced == ()


def test_a_half_known_price_is_unknown() -> None:
    half = {**PRICES, "p/a": ModelInfo("p/a", 1.0)}

    assert estimated(QUESTION, COUNCIL, half).unpriced == ("p/a",)


def test_what_runs_at_home_and_rehearsals_cost_nothing() -> None:
    local = {"ollama/x": ModelInfo("ollama/x", 0.0, 0.0)}
    home = Council((Seat("Ada", "ollama/x"), Seat("Bob", "rehearsal/b")), Seat("Eve", "ollama/x"))

    estimate = estimated(QUESTION, home, local)

    assert (estimate.micros, estimate.most_micros, estimate.unpriced) == (0, 0, ())


def test_models_without_a_price_are_refused_where_that_is_set() -> None:
    unknown = Estimate(1, 1, ("own/x",))
    strict = Terms(COUNCIL, refuses_unknown_prices=True)

    with pytest.raises(OverLimit, match="Nobody knows what own/x costs"):
        check_prices(unknown, strict)
    check_prices(Estimate(1, 1), strict)
    check_prices(unknown, Terms(COUNCIL))


USUAL = Estimate(7_000, 70_000, calls=7)


@pytest.mark.parametrize(
    ("call", "micros"),
    [
        (ModelCall("p/a", "x", 1.0, cost_usd=0.0123), 12_300),
        (ModelCall("p/a", "x", 1.0, cost_usd=0.0), 0),
        (ModelCall("p/a", "x", 1.0, cost_usd=-5.0), 0),
        (ModelCall("p/a", "x", 1.0, cost_usd=float("nan")), 0),
        (ModelCall("p/a", "x", 1.0, cost_usd=float("inf")), 10**15),
        (ModelCall("p/a", "x", 1.0, None, 2**62, 2**62), 10**15),
        (ModelCall("p/a", "x", 1.0, None, 1000, 100), 22_500),
        (ModelCall("p/a", "x", 1.0, FailureKind.MALFORMED, 1000, 100), 22_500),
        (ModelCall("p/a", "x", 1.0, FailureKind.TIMED_OUT), 500),
        (ModelCall("p/a", "x", 1.0), 500),
        (ModelCall("p/a", "x", 1.0, FailureKind.RATE_LIMITED), 0),
        (ModelCall("p/a", "x", 1.0, FailureKind.OVER_BUDGET), 0),
        (ModelCall("rehearsal/a", "x", 1.0, FailureKind.TIMED_OUT, 9, 9), 0),
    ],
)
def test_a_call_counts_what_is_known_of_it(call: ModelCall, micros: int) -> None:
    assert paid_micros([call], 500) == micros


CALLS = st.lists(
    st.builds(
        ModelCall,
        st.just("p/a"),
        st.just("x"),
        st.just(1.0),
        st.none() | st.sampled_from(FailureKind),
        st.none() | st.integers(0, 10**6),
        st.none() | st.integers(0, 10**6),
        st.none() | st.floats(0, 10),
    ),
    max_size=12,
)


@given(calls=CALLS)
def test_being_stopped_makes_nothing_cheaper(calls: list[ModelCall]) -> None:
    ended = settled_micros(calls, COUNCIL, USUAL, is_cut_off=False)
    stopped = settled_micros(calls, COUNCIL, USUAL, is_cut_off=True)

    assert ended <= stopped <= max(ended, USUAL.most_micros)

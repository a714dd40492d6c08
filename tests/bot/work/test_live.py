"""What the root message says of each member's words while a council runs."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.events import AnswerArrived, AnswerPiece, AnswerRevised, SeatAsked
from bot.work.live import LiveState
from tests.adapters.console.samples import ALDER, BEGUN, BIRCH


def _words(live: LiveState) -> list[int | None]:
    return [seat.words for seat in live.report().seats]


def test_words_are_counted_while_an_answer_is_written_and_when_it_is_there() -> None:
    live = LiveState(BEGUN)

    live.note(AnswerPiece(ALDER.member, "Up is "))
    written = _words(live)[0]
    live.fold(AnswerArrived(ALDER, ()))

    assert written == 2
    assert _words(live) == [len(ALDER.text.split()), None, None]


def test_a_revised_answer_is_counted_anew() -> None:
    live = LiveState(BEGUN)
    live.fold(AnswerArrived(ALDER, ()))

    live.note(SeatAsked(ALDER.member, ALDER.model, "revision"))
    asked = _words(live)[0]
    live.fold(
        AnswerRevised(replace(ALDER, text="Down, after all.", revised_because="A fault."), ())
    )

    assert asked == len(ALDER.text.split())
    assert _words(live)[0] == 3


def test_a_resumed_run_counts_the_answers_on_record() -> None:
    live = LiveState(replace(BEGUN, answers=(BIRCH,)))

    assert _words(live) == [None, len(BIRCH.text.split()), None]

"""What a deliberation looks like right now: what is known, and what is going on."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import Deliberation, Timings
from bot.domain.course import after
from bot.domain.events import (
    AnswerArrived,
    AnswerPiece,
    AnswerRevised,
    CallsWasted,
    Fact,
    MemberFailed,
    ObjectionRaised,
    Passing,
    ReviewArrived,
    SeatAsked,
)
from bot.domain.reports import RootReport, SeatStatus
from bot.reports import root_report, words_of


class LiveState:
    """The deliberation of a run and what its seats are doing."""

    def __init__(self, deliberation: Deliberation) -> None:
        self.deliberation = deliberation
        self._doing: dict[str, SeatStatus] = {}
        # Counted once, since every answer is long and the root message is edited often.
        self._words = {answer.member: words_of(answer) for answer in deliberation.answers}

    def fold(self, fact: Fact, timings: Timings | None = None) -> None:
        """Take in what happened, and what was measured by then."""
        deliberation = after(self.deliberation, fact)
        self.deliberation = replace(deliberation, timings=timings or deliberation.timings)
        if (member := _whose(fact)) is not None:
            self._doing.pop(member, None)
        match fact:
            case AnswerArrived(answer) | AnswerRevised(answer):
                self._words[answer.member] = words_of(answer)
            case MemberFailed():
                self._words.pop(fact.member, None)
            case _:
                pass

    def note(self, event: Passing) -> None:
        """Take in what is going on."""
        match event:
            case SeatAsked(member, _, "review"):
                self._doing[member] = SeatStatus.REVIEWING
            case SeatAsked(member, _, "answer"):
                self._doing[member] = SeatStatus.ANSWERING
                self._words.pop(member, None)
            case SeatAsked(member, _, "revision" | "objection"):
                self._doing[member] = SeatStatus.ANSWERING
            case AnswerPiece(member, text):
                self._words[member] = self._words.get(member, 0) + _gaps(text)
            case _:
                pass

    def report(self) -> RootReport:
        """Return the root message as it should read now."""
        return root_report(self.deliberation, self._doing, self._words)


def _gaps(text: str) -> int:
    # Pieces end anywhere in a word, so the gaps between words are what can be counted.
    return text.count(" ") + text.count("\n")


def _whose(fact: Fact) -> str | None:
    match fact:
        case AnswerArrived(answer) | AnswerRevised(answer) | ObjectionRaised(answer):
            return answer.member
        case MemberFailed(member=member) | CallsWasted(member=member):
            return member
        case ReviewArrived(review):
            return review.reviewer
        case _:
            return None

"""What a message says, before any platform gives it a form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.council import Mode, Place
from bot.domain.deliberation import Answer, Review, Standings, State, Synthesis, Timings
from bot.domain.spending import Estimate


class SeatStatus(StrEnum):
    """What a seat is doing, or what became of it."""

    WAITING = "waiting"
    ANSWERING = "answering"
    ANSWERED = "answered"
    LATE = "late"
    REVIEWING = "reviewing"
    REVIEWED = "reviewed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SeatReport:
    """A seat's live state; `reason` is a sentence if it failed.

    `words` counts what it has written so far, None where nothing streams.
    """

    name: str
    model: str
    status: SeatStatus
    latency_s: float | None = None
    reason: str | None = None
    words: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a deliberation cost.

    `cost_usd` is None if no call's price is known; `is_partial` if some are not.
    """

    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class RootReport:
    """The message that opens a thread: the question, who sits, and how it stands.

    `gist` is the short final answer, if the question has one. `conclusion` is the message of the
    final answer, once it is there. `remark` is a sentence about the thread, such as why the answer
    is not pinned. `estimate` is what a thorough council is expected to cost, until it has ended.
    `asker_id` is who waits for the answer, None if nobody does.
    """

    deliberation_id: str
    place: Place
    question: str
    asker: str
    mode: Mode
    state: State
    is_rehearsal: bool
    seats: tuple[SeatReport, ...]
    chairman: str
    headline: str
    asker_id: str | None = None
    gist: str | None = None
    conclusion: str | None = None
    remark: str | None = None
    estimate: Estimate | None = None


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """One member's answer; `heading` tells an answer from a revision or an objection."""

    place: Place
    is_rehearsal: bool
    heading: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """One member's review of the others."""

    place: Place
    is_rehearsal: bool
    review: Review


@dataclass(frozen=True, slots=True)
class StandingsReport:
    """The order after the count."""

    place: Place
    is_rehearsal: bool
    standings: Standings


@dataclass(frozen=True, slots=True)
class SynthesisReport:
    """The final answer.

    `notes` are sentences for its top: who failed and why, and what the answer rests on.
    `asker_id` is who waits for it, None if nobody does.
    """

    deliberation_id: str
    place: Place
    is_rehearsal: bool
    synthesis: Synthesis
    confidence: str
    notes: tuple[str, ...]
    seats: tuple[SeatReport, ...]
    usage: Usage
    timings: Timings
    asker_id: str | None = None


@dataclass(frozen=True, slots=True)
class FailureReport:
    """A deliberation that ended without an answer."""

    deliberation_id: str
    place: Place
    is_rehearsal: bool
    reason: str
    notes: tuple[str, ...]


Report = (
    RootReport | AnswerReport | ReviewReport | StandingsReport | SynthesisReport | FailureReport
)

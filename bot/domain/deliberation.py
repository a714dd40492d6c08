"""One question's whole course, from the answers to the synthesis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.calls import Failure, ModelCall
from bot.domain.council import Council, Question
from bot.domain.spending import Estimate


class State(StrEnum):
    """Where a deliberation stands; the last three are final."""

    QUEUED = "queued"
    ANSWERING = "answering"
    REVIEWING = "reviewing"
    SYNTHESISING = "synthesising"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Nothing more happens by itself."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


class Verdict(StrEnum):
    """What a checker found."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """A checker's finding about one answer; `detail` is a sentence, empty when unknown."""

    verdict: Verdict = Verdict.UNKNOWN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A member's stage 1 text (readable Markdown, closing block taken off) and what the block said.

    `confidence` is 0 to 1. `revised_because` names the error that made the member change its
    answer.
    """

    member: str
    text: str
    model: str
    latency_s: float
    final_answer: str | None = None
    confidence: float | None = None
    key_claims: tuple[str, ...] = ()
    is_late: bool = False
    revised_because: str | None = None


@dataclass(frozen=True, slots=True)
class MemberFailure:
    """A seat that gave no answer, and why."""

    member: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Flag:
    """One fault that a reviewer quoted from an answer. The quote was found in that answer."""

    reviewer: str
    author: str
    quote: str
    kind: str
    severity: str
    why: str
    fix: str = ""
    is_upheld: bool = False


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a reviewer said of one answer. `scores` are (criterion, 0 to 10), for people only."""

    author: str
    verdict: str
    scores: tuple[tuple[str, float], ...] = ()
    strengths: tuple[str, ...] = ()
    unique_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ranking by member names, best tier first.

    `is_truncated`: the output broke off, the missing tie for last. `reviewer` is None for a judge
    who wrote no answer.
    """

    reviewer: str | None
    tiers: tuple[tuple[str, ...], ...]
    weight: float = 1.0
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """A member's stage 2 text with names put back.

    `turn` is 1 for the second pass of a thorough council. Without a usable ballot `ballot` is None
    and the text alone counts.
    """

    reviewer: str
    text: str
    model: str
    latency_s: float
    turn: int = 0
    ballot: Ballot | None = None
    flags: tuple[Flag, ...] = ()
    appraisals: tuple[Appraisal, ...] = ()


class Confidence(StrEnum):
    """How far the members' judgement carries, in a word."""

    STRONG = "strong"
    MODERATE = "moderate"
    CONTESTED = "contested"
    UNANIMOUS = "unanimous"
    UNREVIEWED = "unreviewed"
    NO_QUORUM = "no quorum"


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's place after aggregation; equal places are a tie.

    `share` and the ranks as in `ranking.py`.
    """

    member: str
    place: int
    copeland: float
    share: float
    mean_rank: float | None
    check: Check = Check()


@dataclass(frozen=True, slots=True)
class Standings:
    """The order of the answers and how far the reviewers agree.

    `order` is empty when no ballot was usable.
    """

    order: tuple[Standing, ...]
    confidence: Confidence
    ballots_used: int = 0
    agreement: float | None = None
    kendall_w: float | None = None
    upheld: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Dissent:
    """A view that the synthesis did not follow, and why not."""

    who: str
    claim: str
    reason: str


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The final answer in Markdown, with names in place of labels.

    `stand_in` is None if the configured chairman wrote it; otherwise it says in words who or what
    took the chair.
    """

    text: str
    chairman: str
    model: str
    confidence: Confidence
    latency_s: float
    stand_in: str | None = None
    final_answer: str | None = None
    dissent: tuple[Dissent, ...] = ()
    unresolved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that things took.

    From the start of the work to the first answer shown and to the end; and each stage's own.
    """

    first_answer_s: float | None = None
    answers_s: float | None = None
    reviews_s: float | None = None
    total_s: float | None = None


@dataclass(frozen=True, slots=True)
class Deliberation:
    """One question's whole course: all that is known of it so far.

    `answers` hold one entry a member, the revised one where there is one. `epoch` counts the
    workers that took it up; a write with an older epoch is refused. `reason` is the sentence of a
    failed one. `estimate` is None if nobody reckoned what it costs; `is_capped`: no more than its
    most may be paid.
    """

    id: str
    question: Question
    council: Council
    created_at: datetime
    state: State = State.QUEUED
    is_rehearsal: bool = False
    epoch: int = 0
    reason: str | None = None
    answers: tuple[Answer, ...] = ()
    failures: tuple[MemberFailure, ...] = ()
    reviews: tuple[Review, ...] = ()
    objection: Answer | None = None
    standings: Standings | None = None
    synthesis: Synthesis | None = None
    calls: tuple[ModelCall, ...] = ()
    timings: Timings = Timings()
    estimate: Estimate | None = None
    is_capped: bool = False

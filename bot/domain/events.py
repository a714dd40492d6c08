"""What happens in a deliberation, in the order it happens; the council yields these.

Those of `Passing` are for live display only and are never stored. All others are facts: saved
first, then shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.calls import Failure, ModelCall
from bot.domain.council import Attachment
from bot.domain.deliberation import Answer, Review, Standings, State, Synthesis


@dataclass(frozen=True, slots=True)
class SeatAsked:
    """A seat is being asked.

    `purpose` is `answer`, `review`, `revision`, `objection` or `synthesis`.
    """

    member: str
    model: str
    purpose: str


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A piece of a member's answer as it streams, perhaps of an attempt that fails later."""

    member: str
    text: str


@dataclass(frozen=True, slots=True)
class SynthesisPiece:
    """A piece of the final answer as it streams, labels already replaced by names."""

    text: str


@dataclass(frozen=True, slots=True)
class SynthesisRestarted:
    """All pieces so far are void: another chairman starts afresh."""


@dataclass(frozen=True, slots=True)
class StageBegan:
    """The deliberation moved on to `state`."""

    state: State


@dataclass(frozen=True, slots=True)
class AttachmentsFetched:
    """The files that came with the question were fetched from the chat platform, all of them."""

    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class AnswerArrived:
    """A member answered."""

    answer: Answer
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberFailed:
    """A member gave no answer; it takes no further part."""

    member: str
    failure: Failure
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewArrived:
    """A member reviewed the answers."""

    review: Review
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class CallsWasted:
    """Model calls that brought nothing to show: a failed review, revision or chairman.

    `failure` says why.
    """

    member: str
    purpose: str
    failure: Failure
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class CallsUsed:
    """Model calls that changed nothing: a member that looked again and kept its answer."""

    member: str
    purpose: str
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class StandingsReady:
    """The ballots are counted."""

    standings: Standings


@dataclass(frozen=True, slots=True)
class AnswerRevised:
    """A member changed its answer for a named error; the new answer takes the old one's place."""

    answer: Answer
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionRaised:
    """A devil's advocate argued against a unanimous answer."""

    objection: Answer
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class SynthesisReady:
    """The final answer stands."""

    synthesis: Synthesis
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliberationFailed:
    """There is no answer to show; `reason` is the sentence for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class DeliberationCancelled:
    """A person stopped it."""


Passing = SeatAsked | AnswerPiece | SynthesisPiece | SynthesisRestarted
Fact = (
    StageBegan
    | AttachmentsFetched
    | AnswerArrived
    | MemberFailed
    | ReviewArrived
    | CallsUsed
    | CallsWasted
    | StandingsReady
    | AnswerRevised
    | ObjectionRaised
    | SynthesisReady
    | DeliberationFailed
    | DeliberationCancelled
)
Event = Passing | Fact

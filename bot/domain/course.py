"""How a deliberation changes with each fact: a fold, so that memory and database agree."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.deliberation import Answer, Deliberation, MemberFailure, State
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    AttachmentsFetched,
    CallsUsed,
    CallsWasted,
    DeliberationCancelled,
    DeliberationFailed,
    Fact,
    MemberFailed,
    ObjectionRaised,
    ReviewArrived,
    StageBegan,
    StandingsReady,
    SynthesisReady,
)


def after(before: Deliberation, fact: Fact) -> Deliberation:
    """Return the deliberation as it stands after a fact; a known fact changes nothing."""
    match fact:
        case StageBegan(state):
            return replace(before, state=state)
        case AnswerArrived(answer, calls) | AnswerRevised(answer, calls):
            return replace(
                before, answers=_with(before.answers, answer), calls=before.calls + calls
            )
        case MemberFailed(member, failure, calls):
            others = tuple(known for known in before.failures if known.member != member)
            failures = (*others, MemberFailure(member, failure))
            return replace(before, failures=failures, calls=before.calls + calls)
        case DeliberationFailed(reason):
            return replace(before, state=State.FAILED, reason=reason)
        case DeliberationCancelled():
            return replace(before, state=State.CANCELLED)
        case _:
            return _after_rest(before, fact)


def _after_rest(
    before: Deliberation,
    fact: AttachmentsFetched
    | ReviewArrived
    | CallsUsed
    | CallsWasted
    | StandingsReady
    | ObjectionRaised
    | SynthesisReady,
) -> Deliberation:
    match fact:
        case AttachmentsFetched(attachments):
            question = replace(before.question, attachments=attachments)
            return replace(before, question=question)
        case ReviewArrived(review, calls):
            others = tuple(
                known
                for known in before.reviews
                if (known.reviewer, known.turn) != (review.reviewer, review.turn)
            )
            return replace(before, reviews=(*others, review), calls=before.calls + calls)
        case CallsWasted(calls=calls) | CallsUsed(calls=calls):
            return replace(before, calls=before.calls + calls)
        case StandingsReady(standings):
            return replace(before, standings=standings)
        case ObjectionRaised(objection, calls):
            return replace(before, objection=objection, calls=before.calls + calls)
        case SynthesisReady(synthesis, calls):
            return replace(
                before, state=State.DONE, synthesis=synthesis, calls=before.calls + calls
            )


def _with(answers: tuple[Answer, ...], answer: Answer) -> tuple[Answer, ...]:
    if all(known.member != answer.member for known in answers):
        return (*answers, answer)
    return tuple(answer if known.member == answer.member else known for known in answers)

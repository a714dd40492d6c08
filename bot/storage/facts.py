"""What each fact of a deliberation means in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.domain import (
    Answer,
    Deliberation,
    MemberFailure,
    ModelCall,
    Review,
    Standings,
    State,
    Synthesis,
)
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
from bot.storage.columns import bounded
from bot.storage.rows import Positions, Row, Shape, Unit, digest_of, fetched, turn_over


def recorded(deliberation: Deliberation, fact: Fact, positions: Positions) -> Iterator[Unit]:
    """Yield the rows of a fact."""
    owner = deliberation.id
    match fact:
        case AnswerArrived(answer):
            yield _answered(owner, Shape.ANSWER, "answer", answer, positions)
        case AnswerRevised(answer):
            yield _answered(owner, Shape.ANSWER, "revision", answer, positions)
        case ObjectionRaised(answer):
            yield _answered(owner, Shape.OBJECTION, "objection", answer, positions)
        case MemberFailed(member, failure):
            yield _failed(owner, MemberFailure(member, failure), positions)
        case ReviewArrived(review):
            yield _reviewed(owner, review, positions)
        case StandingsReady(standings):
            yield _counted(owner, standings)
        case SynthesisReady(synthesis):
            yield _concluded(owner, synthesis)
        case _:
            pass
    yield from _moved(owner, fact)
    yield from _called(deliberation, fact, positions)


def _answered(owner: str, shape: Shape, kind: str, answer: Answer, positions: Positions) -> Unit:
    row = {
        "deliberation_id": owner,
        "kind": kind,
        "member": answer.member,
        "position": next(positions),
        "text": answer.text,
        "model": answer.model,
        "latency_s": answer.latency_s,
        "final_answer": answer.final_answer,
        "confidence": answer.confidence,
        "key_claims": answer.key_claims,
        "is_late": answer.is_late,
        "revised_because": answer.revised_because,
    }
    return Unit(((shape, row),), (shape, owner) if shape is Shape.OBJECTION else None)


def _failed(owner: str, failed: MemberFailure, positions: Positions) -> Unit:
    row = {
        "deliberation_id": owner,
        "member": failed.member,
        "position": next(positions),
        "kind": failed.failure.kind,
        "sentence": failed.failure.sentence,
    }
    return Unit(((Shape.FAILURE, row),), (Shape.FAILURE, owner, failed.member))


def _reviewed(owner: str, review: Review, positions: Positions) -> Unit:
    key = {"deliberation_id": owner, "reviewer": review.reviewer, "turn": review.turn}
    row = {
        **key,
        "position": next(positions),
        "text": review.text,
        "model": review.model,
        "latency_s": review.latency_s,
        "appraisals": review.appraisals,
    }
    rows = ((Shape.REVIEW, row), *_ballot(key, review), *_flags(key, review))
    return Unit(rows, (Shape.REVIEW, owner, review.reviewer, review.turn))


def _ballot(key: Row, review: Review) -> Iterator[tuple[Shape, Row]]:
    if review.ballot is None:
        return
    row = {
        **key,
        "voter": review.ballot.reviewer,
        "tiers": review.ballot.tiers,
        "weight": review.ballot.weight,
        "is_truncated": review.ballot.is_truncated,
    }
    yield (Shape.BALLOT, row)


def _flags(key: Row, review: Review) -> Iterator[tuple[Shape, Row]]:
    for number, flag in enumerate(review.flags):
        row = {
            **key,
            "number": number,
            "author": flag.author,
            "quote": flag.quote,
            "kind": flag.kind,
            "severity": flag.severity,
            "why": flag.why,
            "fix": flag.fix,
            "is_upheld": flag.is_upheld,
        }
        yield (Shape.FLAG, row)


def _counted(owner: str, standings: Standings) -> Unit:
    count = {
        "deliberation_id": owner,
        "confidence": standings.confidence,
        "ballots_used": standings.ballots_used,
        "agreement": standings.agreement,
        "kendall_w": standings.kendall_w,
        "upheld": standings.upheld,
    }
    rows = ((Shape.STANDING, row) for row in _standings(owner, standings))
    return Unit(((Shape.COUNT, count), *rows), (Shape.COUNT, owner))


def _standings(owner: str, standings: Standings) -> Iterator[Row]:
    for number, standing in enumerate(standings.order):
        yield {
            "deliberation_id": owner,
            "number": number,
            "member": standing.member,
            "place": standing.place,
            "copeland": standing.copeland,
            "share": standing.share,
            "mean_rank": standing.mean_rank,
            "verdict": standing.check.verdict,
            "detail": standing.check.detail,
        }


def _moved(owner: str, fact: Fact) -> Iterator[Unit]:
    match fact:
        case AttachmentsFetched(attachments):
            yield fetched(owner, attachments)
            return
        case StageBegan(state):
            move = (state, None)
        case SynthesisReady():
            move = (State.DONE, None)
        case DeliberationFailed(reason):
            move = (State.FAILED, reason)
        case DeliberationCancelled():
            yield turn_over(owner, is_taken=False)
            move = (State.CANCELLED, None)
        case _:
            return
    state, reason = move
    ended_at = datetime.now(UTC) if state.is_final else None
    row = {"of": owner, "to": state, "because": reason, "at": ended_at}
    yield Unit(((Shape.PROGRESS, row),))


def _concluded(owner: str, synthesis: Synthesis) -> Unit:
    row = {
        "deliberation_id": owner,
        "text": synthesis.text,
        "chairman": synthesis.chairman,
        "model": synthesis.model,
        "confidence": synthesis.confidence,
        "latency_s": synthesis.latency_s,
        "stand_in": synthesis.stand_in,
        "final_answer": synthesis.final_answer,
        "dissent": synthesis.dissent,
        "unresolved": synthesis.unresolved,
    }
    return Unit(((Shape.SYNTHESIS, row),), (Shape.SYNTHESIS, owner))


def _called(deliberation: Deliberation, fact: Fact, positions: Positions) -> Iterator[Unit]:
    match fact:
        case (
            StageBegan()
            | AttachmentsFetched()
            | StandingsReady()
            | DeliberationFailed()
            | DeliberationCancelled()
        ):
            return
        case _:
            calls = fact.calls
    if not calls:
        return
    # A worker that takes over may meet the same failure again, and pay for it again.
    digest = digest_of(str(deliberation.epoch), repr(fact))
    for number, call in enumerate(calls):
        row = {
            "deliberation_id": deliberation.id,
            "fact": digest,
            "number": number,
            "position": next(positions),
            "member": _caller(fact),
            **_call(call),
        }
        yield Unit(((Shape.CALL, row),))


def _caller(fact: Fact) -> str | None:
    """Return whose calls a fact brought."""
    match fact:
        case AnswerArrived(answer) | AnswerRevised(answer) | ObjectionRaised(answer):
            return answer.member
        case ReviewArrived(review):
            return review.reviewer
        case MemberFailed(member) | CallsUsed(member) | CallsWasted(member):
            return member
        case SynthesisReady(synthesis):
            return synthesis.chairman
        case _:
            return None


def _call(call: ModelCall) -> Row:
    return {
        "model": call.model,
        "purpose": call.purpose,
        "latency_s": call.latency_s,
        "failure": call.failure,
        "prompt_tokens": bounded(call.prompt_tokens),
        "completion_tokens": bounded(call.completion_tokens),
        "cost_usd": call.cost_usd,
    }

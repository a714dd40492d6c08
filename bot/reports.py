"""Build what a message says from a deliberation; the one place that turns outcomes into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.domain import Answer, Confidence, Deliberation, ModelCall, Review, State, Synthesis
from bot.domain.events import (
    AnswerArrived,
    AnswerRevised,
    Fact,
    ObjectionRaised,
    ReviewArrived,
    StageBegan,
    StandingsReady,
)

from bot.domain.reports import (
    AnswerReport,
    FailureReport,
    Report,
    ReviewReport,
    RootReport,
    SeatReport,
    SeatStatus,
    StandingsReport,
    SynthesisReport,
    Usage,
)

ROOT = "root"
SYNTHESIS = "synthesis"
FAILURE = "failure"


REHEARSAL_NOTE = "Rehearsal: stand-in models wrote this, no real model was asked."

_CONFIDENCE = {
    Confidence.STRONG: "Strong: the best answer beats every other clearly, and no fault was upheld.",
    Confidence.MODERATE: "Moderate: there is a best answer, but not by a clear margin everywhere.",
    Confidence.CONTESTED: "Contested: the members do not agree on a best answer.",
    Confidence.UNANIMOUS: "Unanimous, not independently checked: all members gave the same answer.",
    Confidence.UNREVIEWED: "Not reviewed: the members' answers were not compared by their peers.",
    Confidence.NO_QUORUM: "No quorum: this rests on a single member's answer.",
}

_HEADLINES = {
    State.QUEUED: "Waiting for its turn.",
    State.ANSWERING: "The members are answering.",
    State.REVIEWING: "The members review each other's answers.",
    State.SYNTHESISING: "The chairman writes the final answer.",
    State.CANCELLED: "Cancelled.",
}


def slot_of(fact: Fact) -> str | None:
    """Return the slot of the post that a fact brings, None if it brings none."""
    match fact:
        case AnswerArrived(answer):
            return f"answer:{answer.member}"
        case AnswerRevised(answer):
            return f"revision:{answer.member}"
        case ObjectionRaised():
            return "objection"
        case ReviewArrived(review):
            return f"review:{review.reviewer}:{review.turn}"
        case StandingsReady():
            return "standings"
        case StageBegan(State.SYNTHESISING):
            return SYNTHESIS
        case _:
            return None


def confidence_sentence(confidence: Confidence) -> str:
    """Say what a word of confidence means."""
    return _CONFIDENCE[confidence]


def usage_of(calls: Iterable[ModelCall]) -> Usage:
    """Add up tokens and cost, failed calls included."""
    known = list(calls)
    costs = [call.cost_usd for call in known if call.cost_usd is not None]
    billed = [call for call in known if call.completion_tokens or call.prompt_tokens]
    return Usage(
        prompt_tokens=sum(call.prompt_tokens or 0 for call in known),
        completion_tokens=sum(call.completion_tokens or 0 for call in known),
        cost_usd=sum(costs) if costs else None,
        is_partial=bool(costs) and any(call.cost_usd is None for call in billed),
    )


def seat_reports(
    deliberation: Deliberation, doing: Mapping[str, SeatStatus] | None = None
) -> tuple[SeatReport, ...]:
    """Return every member's state; `doing` is what is going on right now, by member name."""
    answers = {answer.member: answer for answer in deliberation.answers}
    failures = {failed.member: failed.failure for failed in deliberation.failures}
    reviewers = {review.reviewer for review in deliberation.reviews}
    reports: list[SeatReport] = []
    for seat in deliberation.council.members:
        answer, failure = answers.get(seat.name), failures.get(seat.name)
        if failure is not None:
            report = SeatReport(seat.name, seat.model, SeatStatus.FAILED, None, failure.sentence)
        elif answer is None:
            report = SeatReport(
                seat.name, seat.model, (doing or {}).get(seat.name, SeatStatus.WAITING)
            )
        else:
            status = SeatStatus.LATE if answer.is_late else SeatStatus.ANSWERED
            status = SeatStatus.REVIEWED if seat.name in reviewers else status
            status = (doing or {}).get(seat.name, status)
            report = SeatReport(seat.name, answer.model, status, answer.latency_s)
        reports.append(report)
    return tuple(reports)


def notes_of(deliberation: Deliberation) -> tuple[str, ...]:
    """Say at the top what a reader must know: failed and late members, what the answer rests on, who took the chair."""
    notes = [
        f"{failed.member} did not answer: {failed.failure.sentence}"
        for failed in deliberation.failures
    ]
    late = [answer.member for answer in deliberation.answers if answer.is_late]
    if late:
        notes.append(f"Late, not reviewed: {', '.join(late)}.")
    if deliberation.failures and deliberation.answers:
        notes.append(
            f"The answer rests on {len(deliberation.answers)} of {len(deliberation.council.members)} members."
        )
    if deliberation.synthesis is not None and deliberation.synthesis.stand_in:
        notes.append(deliberation.synthesis.stand_in)
    return tuple(notes)


def root_report(
    deliberation: Deliberation, doing: Mapping[str, SeatStatus] | None = None
) -> RootReport:
    """Build the opening message as it stands now."""
    return RootReport(
        deliberation_id=deliberation.id,
        place=deliberation.question.place,
        question=deliberation.question.text,
        asker=deliberation.question.asker,
        mode=deliberation.council.mode,
        state=deliberation.state,
        is_rehearsal=deliberation.is_rehearsal,
        seats=seat_reports(deliberation, doing),
        chairman=deliberation.council.chairman.name,
        headline=_headline(deliberation),
    )


def report(deliberation: Deliberation, slot: str) -> Report:
    """Build the report for a slot. Raises KeyError if the deliberation has nothing for it yet."""
    place, is_rehearsal = deliberation.question.place, deliberation.is_rehearsal
    kind, _, name = slot.partition(":")
    if kind == ROOT:
        return root_report(deliberation)
    if kind == "answer":
        return AnswerReport(place, is_rehearsal, "Answer", _answer(deliberation, name))
    if kind == "revision":
        return AnswerReport(place, is_rehearsal, "Revised answer", _answer(deliberation, name))
    if kind == "objection" and deliberation.objection is not None:
        return AnswerReport(place, is_rehearsal, "Devil's advocate", deliberation.objection)
    if kind == "review":
        return ReviewReport(place, is_rehearsal, _review(deliberation, name))
    if kind == "standings" and deliberation.standings is not None:
        return StandingsReport(place, is_rehearsal, deliberation.standings)
    if kind == SYNTHESIS and deliberation.synthesis is not None:
        return _synthesis_report(deliberation, deliberation.synthesis)
    if deliberation.reason is not None:
        return FailureReport(
            deliberation.id, place, is_rehearsal, deliberation.reason, notes_of(deliberation)
        )
    raise KeyError(slot)


def _synthesis_report(deliberation: Deliberation, synthesis: Synthesis) -> SynthesisReport:
    return SynthesisReport(
        deliberation_id=deliberation.id,
        place=deliberation.question.place,
        is_rehearsal=deliberation.is_rehearsal,
        synthesis=synthesis,
        confidence=confidence_sentence(synthesis.confidence),
        notes=notes_of(deliberation),
        seats=seat_reports(deliberation),
        usage=usage_of(deliberation.calls),
        timings=deliberation.timings,
    )


def _headline(deliberation: Deliberation) -> str:
    if deliberation.state is State.DONE and deliberation.synthesis is not None:
        return confidence_sentence(deliberation.synthesis.confidence)
    if deliberation.state is State.FAILED:
        return deliberation.reason or "Failed."
    return _HEADLINES.get(deliberation.state, "")


def _answer(deliberation: Deliberation, member: str) -> Answer:
    return {answer.member: answer for answer in deliberation.answers}[member]


def _review(deliberation: Deliberation, name: str) -> Review:
    reviews = {f"{review.reviewer}:{review.turn}": review for review in deliberation.reviews}
    return reviews[name]

"""Build what a message says from a deliberation; the one place that turns outcomes into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.domain import (
    Answer,
    Confidence,
    Deliberation,
    Estimate,
    Mode,
    ModelCall,
    Shown,
    State,
    Synthesis,
)
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

_FINAL_SLOTS = frozenset({ROOT, SYNTHESIS, FAILURE})
_SLOTS_SHOWN: Mapping[Shown, frozenset[str]] = {
    Shown.ANSWERS: _FINAL_SLOTS | {"answer", "revision", "objection"},
    Shown.FINAL: _FINAL_SLOTS,
}

_CONFIDENCE = {
    Confidence.STRONG: "Strong: the best answer clearly beats every other, no fault was upheld.",
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
            slot = f"answer:{answer.member}"
        case AnswerRevised(answer):
            slot = f"revision:{answer.member}"
        case ObjectionRaised():
            slot = "objection"
        case ReviewArrived(review):
            slot = f"review:{review.reviewer}:{review.turn}"
        case StandingsReady():
            slot = "standings"
        case StageBegan(State.SYNTHESISING):
            slot = SYNTHESIS
        case _:
            slot = None
    return slot


def is_shown(slot: str, shown: Shown) -> bool:
    """Say whether a post belongs into a thread of which only so much is shown."""
    return shown is Shown.EVERYTHING or slot.partition(":")[0] in _SLOTS_SHOWN[shown]


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
    deliberation: Deliberation,
    doing: Mapping[str, SeatStatus] | None = None,
    words: Mapping[str, int] | None = None,
) -> tuple[SeatReport, ...]:
    """Return every member's state.

    By member name, `doing` is what is going on right now and `words` how many were written so far;
    an answer's own are counted if they are not given.
    """
    answers = {answer.member: answer for answer in deliberation.answers}
    failures = {failed.member: failed.failure for failed in deliberation.failures}
    reviewers = {review.reviewer for review in deliberation.reviews}
    reports: list[SeatReport] = []
    for seat in deliberation.council.members:
        answer, failure = answers.get(seat.name), failures.get(seat.name)
        now, count = (doing or {}).get(seat.name), (words or {}).get(seat.name)
        if failure is not None:
            report = SeatReport(seat.name, seat.model, SeatStatus.FAILED, None, failure.sentence)
        elif answer is None:
            report = SeatReport(seat.name, seat.model, now or SeatStatus.WAITING, words=count)
        else:
            status = now or _status(answer, has_reviewed=seat.name in reviewers)
            count = words_of(answer) if count is None else count
            report = SeatReport(seat.name, answer.model, status, answer.latency_s, words=count)
        reports.append(report)
    return tuple(reports)


def words_of(answer: Answer) -> int:
    """Count the words of an answer."""
    return len(answer.text.split())


def notes_of(deliberation: Deliberation) -> tuple[str, ...]:
    """Say what a reader must know first: who failed or was late, and what the answer rests on.

    Also whose ranking is missing from the count.
    """
    notes = [file.fault for file in deliberation.question.attachments if file.fault is not None]
    notes += [
        f"{failed.member} did not answer: {failed.failure.sentence}"
        for failed in deliberation.failures
        if failed.failure.sentence != deliberation.reason
    ]
    late = [answer.member for answer in deliberation.answers if answer.is_late]
    if late:
        notes.append(f"Late, not reviewed: {', '.join(late)}.")
    silent = _without_ballot(deliberation)
    if silent:
        notes.append(f"No usable ranking: {', '.join(silent)}.")
    if deliberation.failures and deliberation.answers:
        present, seats = len(deliberation.answers), len(deliberation.council.members)
        notes.append(f"The answer rests on {present} of {seats} members.")
    if deliberation.synthesis is not None and deliberation.synthesis.stand_in:
        notes.append(deliberation.synthesis.stand_in)
    return tuple(notes)


def _without_ballot(deliberation: Deliberation) -> list[str]:
    if deliberation.standings is None:
        return []
    voters = {review.reviewer for review in deliberation.reviews if review.ballot is not None}
    in_time = [answer.member for answer in deliberation.answers if not answer.is_late]
    return [member for member in in_time if member not in voters]


def root_report(
    deliberation: Deliberation,
    doing: Mapping[str, SeatStatus] | None = None,
    words: Mapping[str, int] | None = None,
) -> RootReport:
    """Build the opening message as it stands now; `doing` and `words` as for `seat_reports`."""
    return RootReport(
        deliberation_id=deliberation.id,
        place=deliberation.question.place,
        question=deliberation.question.text,
        asker=deliberation.question.asker,
        mode=deliberation.council.mode,
        state=deliberation.state,
        is_rehearsal=deliberation.is_rehearsal,
        seats=seat_reports(deliberation, doing, words),
        chairman=deliberation.council.chairman.name,
        headline=_headline(deliberation),
        asker_id=_waiting(deliberation),
        gist=None if deliberation.synthesis is None else deliberation.synthesis.final_answer,
        estimate=_expected(deliberation),
    )


def _waiting(deliberation: Deliberation) -> str | None:
    """Return who waits for the answer: a schedule's owner does not, and is not called every day."""
    question = deliberation.question
    return None if question.is_scheduled else question.asker_id


def _expected(deliberation: Deliberation) -> Estimate | None:
    """Return what a thorough council is expected to cost, while that is still to come."""
    estimate, mode = deliberation.estimate, deliberation.council.mode
    if estimate is None or mode is not Mode.THOROUGH or deliberation.state.is_final:
        return None
    return estimate if estimate.most_micros else None


def report(deliberation: Deliberation, slot: str) -> Report:
    """Build the report for a slot. Raises KeyError if the deliberation has nothing for it yet."""
    kind, _, name = slot.partition(":")
    found = _BUILDERS[kind](deliberation, name)
    if found is None:
        raise KeyError(slot)
    return found


def _status(answer: Answer, *, has_reviewed: bool) -> SeatStatus:
    if has_reviewed:
        return SeatStatus.REVIEWED
    return SeatStatus.LATE if answer.is_late else SeatStatus.ANSWERED


def _root(deliberation: Deliberation, _name: str) -> Report:
    return root_report(deliberation)


def _answer(deliberation: Deliberation, member: str) -> Report | None:
    return _answer_report(deliberation, "Answer", _answer_of(deliberation, member))


def _revision(deliberation: Deliberation, member: str) -> Report | None:
    return _answer_report(deliberation, "Revised answer", _answer_of(deliberation, member))


def _objection(deliberation: Deliberation, _name: str) -> Report | None:
    return _answer_report(deliberation, "Devil's advocate", deliberation.objection)


def _review(deliberation: Deliberation, name: str) -> Report | None:
    reviews = {f"{review.reviewer}:{review.turn}": review for review in deliberation.reviews}
    review = reviews.get(name)
    if review is None:
        return None
    return ReviewReport(deliberation.question.place, deliberation.is_rehearsal, review)


def _standings(deliberation: Deliberation, _name: str) -> Report | None:
    if deliberation.standings is None:
        return None
    place, is_rehearsal = deliberation.question.place, deliberation.is_rehearsal
    return StandingsReport(place, is_rehearsal, deliberation.standings)


def _conclusion(deliberation: Deliberation, _name: str) -> Report | None:
    if deliberation.synthesis is not None:
        return _synthesis_report(deliberation, deliberation.synthesis)
    reason = deliberation.reason
    if deliberation.state is State.CANCELLED:
        reason = "Cancelled before the final answer was there."
    if reason is None:
        return None
    return FailureReport(
        deliberation_id=deliberation.id,
        place=deliberation.question.place,
        is_rehearsal=deliberation.is_rehearsal,
        reason=reason,
        notes=notes_of(deliberation),
    )


_BUILDERS: Mapping[str, Callable[[Deliberation, str], Report | None]] = {
    ROOT: _root,
    "answer": _answer,
    "revision": _revision,
    "objection": _objection,
    "review": _review,
    "standings": _standings,
    SYNTHESIS: _conclusion,
    FAILURE: _conclusion,
}


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
        asker_id=_waiting(deliberation),
    )


def _headline(deliberation: Deliberation) -> str:
    if deliberation.state is State.DONE and deliberation.synthesis is not None:
        return confidence_sentence(deliberation.synthesis.confidence)
    if deliberation.state is State.FAILED:
        return deliberation.reason or "Failed."
    return _HEADLINES.get(deliberation.state, "")


def _answer_of(deliberation: Deliberation, member: str) -> Answer | None:
    return {answer.member: answer for answer in deliberation.answers}.get(member)


def _answer_report(
    deliberation: Deliberation, heading: str, answer: Answer | None
) -> AnswerReport | None:
    if answer is None:
        return None
    place, is_rehearsal = deliberation.question.place, deliberation.is_rehearsal
    return AnswerReport(place, is_rehearsal, heading, answer)

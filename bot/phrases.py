"""The words that messages use, the same on every platform; harmless, whoever wrote the names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain import Answer, Ballot, Estimate, Review, Standing, Standings, Synthesis
from bot.domain.reports import (
    AnswerReport,
    Report,
    ReviewReport,
    RootReport,
    SeatReport,
    SeatStatus,
    SynthesisReport,
    Usage,
)
from bot.reports import REHEARSAL_NOTE
from bot.untrusted import harmless, one_line

STATUS = {
    SeatStatus.WAITING: "waiting",
    SeatStatus.ANSWERING: "answering",
    SeatStatus.ANSWERED: "answered",
    SeatStatus.LATE: "answered late",
    SeatStatus.REVIEWING: "reviewing",
    SeatStatus.REVIEWED: "reviewed",
    SeatStatus.FAILED: "failed",
}
SIGNS = {
    SeatStatus.WAITING: "·",
    SeatStatus.ANSWERING: "✎",
    SeatStatus.ANSWERED: "✓",
    SeatStatus.LATE: "✓",
    SeatStatus.REVIEWING: "✎",
    SeatStatus.REVIEWED: "✓",
    SeatStatus.FAILED: "✗",
}
FINAL_ANSWER = "Final answer"
STANDINGS = "Standings"
NO_ANSWER = "No answer"
ALL_REVIEWS = "All reviews"
NO_REVIEWS = "Nobody reviewed these answers."

READ_ANSWER = "Read the final answer"
FOLLOW_UP = "Ask a follow-up"
SHOW_REVIEWS = "Show all reviews"
STOP = "Stop"

ASKED_BY = "Asked by"
IN_SHORT = "In short:"
REVISED = "Revised because:"
DISSENT = "Dissent"
UNRESOLVED = "Unresolved"
REST_IN_FILE = "… The rest is in the file below."

_SECOND_READING = 1
_PRECISE_BELOW_S = 10.0
_MINUTE_S = 60
_CENT_USD = 0.01
_CENT_MICROS = 10_000


def title(report: Report) -> str:
    """Name a message in one line: whose it is, what it is, how long it took."""
    match report:
        case AnswerReport(answer=answer, heading=heading):
            parts = _answer_title(answer, heading)
        case ReviewReport(review=review):
            parts = _review_title(review)
        case RootReport():
            parts = ["Question"]
        case SynthesisReport():
            parts = [FINAL_ANSWER]
        case _:
            parts = [STANDINGS]
    if report.is_rehearsal:
        parts.append("rehearsal")
    return " · ".join(parts)


def answer_footer(answer: Answer) -> str:
    """Say the short final answer and the member's own confidence; empty if it gave neither."""
    parts: list[str] = []
    if answer.final_answer:
        parts.append(f"In short: {one_line(answer.final_answer, 200)}")
    if answer.confidence is not None:
        parts.append(f"own confidence {answer.confidence:.0%}")
    return " · ".join(parts)


def council_line(report: RootReport) -> str:
    """Say who sits, who concludes and how."""
    members = [seat.name for seat in report.seats]
    line = f"Council: {joined(members)} · chairman {one_line(report.chairman)} · {report.mode}"
    return f"{line}{_expected(report)} · id {report.deliberation_id}"


def course_line(report: RootReport) -> str:
    """Say how the council deliberates, who concludes, and the id."""
    chairman, known = one_line(report.chairman, 60), one_line(report.deliberation_id, 40)
    return f"{report.mode} · chairman {chairman}{_expected(report)} · id {known}"


def seat_state(seat: SeatReport) -> str:
    """Say what a seat is doing or why it failed, how long it took and how much it wrote."""
    failed = seat.reason is not None
    parts = [one_line(f"failed: {seat.reason}", 200) if failed else STATUS[seat.status]]
    if seat.latency_s is not None:
        parts.append(seconds(seat.latency_s))
    if seat.words is not None:
        parts.append(f"{seat.words:,} words")
    return " · ".join(parts)


def order_line(ballot: Ballot | None) -> str:
    """Say a ballot as a sentence, ties as ties."""
    if ballot is None:
        return "No usable ranking."
    tiers = (" = ".join(one_line(name) for name in tier) for tier in ballot.tiers)
    return f"Ranking: {', then '.join(tiers)}."


def places(order: Sequence[Standing]) -> tuple[str, ...]:
    """Return the places as people write them: `1`, `=2`, `=2`, `4`."""
    held = [standing.place for standing in order]
    return tuple(f"={place}" if held.count(place) > 1 else str(place) for place in held)


def standings_lines(standings: Standings) -> tuple[str, ...]:
    """Say what the count rests on and which faults were upheld."""
    if not standings.order:
        return ("No ballot was usable, so there is no order.",)
    ballots = counted(standings.ballots_used, "ballot")
    agreement = standings.agreement
    line = ballots if agreement is None else f"{ballots} · the reviewers agree to {agreement:.0%}"
    upheld = [
        f"Upheld against {one_line(flag.author)}: “{one_line(flag.quote, 120)}” "
        f"{one_line(flag.why, 200)}"
        for flag in standings.upheld
    ]
    failed = [
        f"{one_line(standing.member)}: {one_line(standing.check.detail)}"
        for standing in standings.order
        if standing.check.verdict == "fail"
    ]
    return (line, *failed, *upheld)


def dissent_lines(synthesis: Synthesis) -> tuple[str, ...]:
    """Say who disagrees with the final answer, and why it was not followed."""
    return tuple(
        f"{one_line(view.who)}: {one_line(view.claim)}"
        + (f" (not followed: {one_line(view.reason)})" if view.reason else "")
        for view in synthesis.dissent
    )


def disagreement(synthesis: Synthesis) -> str | None:
    """Say before the final answer how many see it differently; None if nobody does."""
    match len(synthesis.dissent):
        case 0:
            return None
        case 1:
            return "One member disagrees, see below."
        case several:
            return f"{several} views differ, see below."


def writing_line(chairman: str, *, is_again: bool = False) -> str:
    """Say who writes the final answer; `is_again` if what was written before is void."""
    if is_again:
        return "Another member takes the chair and writes the final answer …"
    return f"{one_line(chairman, 60)} writes the final answer …"


def part_line(name: str, number: int, count: int) -> str:
    """Name a message that goes on with what the one before it began."""
    return f"{name} · part {number} of {count}"


def closing_line(report: SynthesisReport) -> str:
    """Say in one line who answered and what it took."""
    present = [seat for seat in report.seats if seat.status is not SeatStatus.FAILED]
    parts = [f"{len(present)} of {len(report.seats)} members"]
    if report.timings.total_s is not None:
        parts.append(seconds(report.timings.total_s))
    parts += [f"{report.usage.prompt_tokens + report.usage.completion_tokens:,} tokens"]
    parts += [cost(report.usage), f"id {report.deliberation_id}"]
    return " · ".join(parts)


def top_notes(report: SynthesisReport) -> tuple[str, ...]:
    """Return what a reader must know before the final answer."""
    notes = tuple(one_line(note) for note in report.notes)
    return (REHEARSAL_NOTE, *notes) if report.is_rehearsal else notes


def absence(name: str, reason: str) -> str:
    """Say that a member did not answer, in the words of the final message's notes."""
    return one_line(f"{name} did not answer: {reason}")


def seconds(duration: float) -> str:
    """Write a duration with the precision that people care for."""
    if duration < _PRECISE_BELOW_S:
        return f"{duration:.1f} s"
    if duration < _MINUTE_S:
        return f"{duration:.0f} s"
    return f"{int(duration) // _MINUTE_S} min {int(duration) % _MINUTE_S} s"


def cost(usage: Usage) -> str:
    """Write the cost in US dollars, and say what is not known of it."""
    if usage.cost_usd is None:
        return "cost unknown"
    digits = 2 if usage.cost_usd >= _CENT_USD else 4
    amount = "$0" if usage.cost_usd == 0 else f"${usage.cost_usd:.{digits}f}"
    return f"at least {amount}" if usage.is_partial else amount


def money(micros: int, *, is_most: bool = False) -> str:
    """Write an amount as people read it; `is_most` rounds it up, so that it is never more."""
    if micros <= 0:
        return "$0"
    if micros < _CENT_MICROS:
        return "under 1 ¢"
    cents = -(-micros // _CENT_MICROS) if is_most else micros // _CENT_MICROS
    return f"${cents // 100:,}.{cents % 100:02}"


def estimate_line(estimate: Estimate) -> str:
    """Say what a council will probably cost, and the most that it may."""
    most = money(estimate.most_micros, is_most=True)
    if estimate.most_micros < _CENT_MICROS:
        return most
    about = "" if estimate.micros < _CENT_MICROS else "about "
    return f"{about}{money(estimate.micros)}, at most {most}"


def joined(names: Iterable[str]) -> str:
    """Write names as a list in a sentence."""
    known = [one_line(name) for name in names]
    if len(known) < 2:  # noqa: PLR2004 - a list begins with two
        return "".join(known)
    return f"{', '.join(known[:-1])} and {known[-1]}"


def counted(number: int, noun: str) -> str:
    """Write how many there are of something."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def lowered(sentence: str) -> str:
    """Return a sentence as it stands after a colon."""
    return sentence[:1].lower() + sentence[1:]


def left_out(name: str, reason: str) -> str:
    """Say that a file does not go to the models, and why."""
    return f"{name} was left out: {reason}"


def standings_rows(standings: Standings, name_chars: int) -> list[tuple[str, ...]]:
    """Return a table of the order, its headings first."""
    rows = [("", "member", "wins", "share", "mean rank")]
    for place, standing in zip(places(standings.order), standings.order, strict=True):
        rank = "" if standing.mean_rank is None else f"{standing.mean_rank:.1f}"
        name = one_line(standing.member, name_chars)
        rows.append((place, name, f"{standing.copeland:g}", f"{standing.share:.0%}", rank))
    return rows


def paragraph(text: str) -> str:
    """Return a model's text as it may be printed."""
    return harmless(text).strip("\n")


def _expected(report: RootReport) -> str:
    return f" · {estimate_line(report.estimate)}" if report.estimate is not None else ""


def _answer_title(answer: Answer, heading: str) -> list[str]:
    parts = [one_line(answer.member)]
    if heading != "Answer":
        parts.append(heading.lower())
    parts.append(seconds(answer.latency_s))
    if answer.is_late:
        parts.append("late, not reviewed")
    return parts


def _review_title(review: Review) -> list[str]:
    reading = "second reading" if review.turn == _SECOND_READING else "review"
    return [one_line(review.reviewer), reading, seconds(review.latency_s)]

"""Reports as plain text: no escape codes, the same content as in colour."""

from __future__ import annotations

from bot import phrases
from bot.domain.reports import (
    AnswerReport,
    FailureReport,
    Report,
    ReviewReport,
    RootReport,
    StandingsReport,
    SynthesisReport,
)
from bot.untrusted import one_line


def plain(report: Report) -> str:
    """Write a report as plain text, without a newline at its end."""
    match report:
        case RootReport():
            body = [phrases.paragraph(report.question), "", phrases.council_line(report)]
        case AnswerReport():
            body = _answer(report)
        case ReviewReport(review=review):
            body = [phrases.paragraph(review.text), "", phrases.order_line(review.ballot)]
        case StandingsReport():
            body = _standings(report)
        case SynthesisReport():
            body = _synthesis(report)
        case FailureReport():
            return "\n".join([one_line(report.reason), *map(one_line, report.notes)])
    return "\n".join([f"== {phrases.title(report)} ==", "", *body])


def _answer(report: AnswerReport) -> list[str]:
    answer = report.answer
    lines = [phrases.paragraph(answer.text)]
    if answer.revised_because:
        lines = [f"Revised because: {one_line(answer.revised_because)}", "", *lines]
    footer = phrases.answer_footer(answer)
    return [*lines, "", footer] if footer else lines


def _standings(report: StandingsReport) -> list[str]:
    order = report.standings.order
    lines: list[str] = []
    for place, standing in zip(phrases.places(order), order, strict=True):
        rank = "" if standing.mean_rank is None else f", mean rank {standing.mean_rank:.1f}"
        wins = f"{standing.copeland:g} {'win' if standing.copeland == 1 else 'wins'}"
        share = f"{standing.share:.0%} of the weight"
        lines.append(f"{place:>3}  {one_line(standing.member)}: {wins}, {share}{rank}")
    return [*lines, *phrases.standings_lines(report.standings)]


def _synthesis(report: SynthesisReport) -> list[str]:
    synthesis = report.synthesis
    lines = [f"Note: {note}" for note in phrases.top_notes(report)]
    if lines:
        lines.append("")
    lines += [phrases.paragraph(synthesis.text), ""]
    lines += [f"Dissent: {line}" for line in phrases.dissent_lines(synthesis)]
    lines += [f"Unresolved: {one_line(point)}" for point in synthesis.unresolved]
    return [*lines, report.confidence, phrases.closing_line(report)]

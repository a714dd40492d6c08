"""Reports as rich renderables, in the colours of the terminal's own palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from adapters.console.markdown import Markdown
from bot import phrases
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
)
from bot.reports import REHEARSAL_NOTE
from bot.untrusted import one_line

# Code without a background of its own: rich's black one is a bar on a light terminal.
THEME = Theme({"markdown.code": "bold cyan", "markdown.code_block": "cyan"})

_BUSY = (SeatStatus.ANSWERING, SeatStatus.REVIEWING)
_MARKS = {
    SeatStatus.WAITING: ("·", "dim"),
    SeatStatus.ANSWERED: ("✓", "green"),
    SeatStatus.LATE: ("✓", "yellow"),
    SeatStatus.REVIEWED: ("✓", "green"),
    SeatStatus.FAILED: ("✗", "red"),
}


def render(report: Report) -> RenderableType:
    """Turn a report into what the terminal shows."""
    match report:
        case RootReport():
            return _root(report)
        case AnswerReport():
            return _answer(report)
        case ReviewReport(review=review):
            order = Text(phrases.order_line(review.ballot), style="bold")
            return _framed(report, Markdown(phrases.paragraph(review.text)), Text(), order)
        case StandingsReport():
            return _framed(report, *_standings(report))
        case SynthesisReport():
            text = Markdown(phrases.paragraph(report.synthesis.text))
            return Group(final_heading(), *notes(phrases.top_notes(report)), text, closing(report))
        case FailureReport():
            return Group(warning(report.reason), *notes(report.notes))


def final_heading() -> RenderableType:
    """Begin the final answer."""
    return Group(Text(), Rule(Text(phrases.FINAL_ANSWER, style="bold"), align="left", style="dim"))


def closing(report: SynthesisReport) -> RenderableType:
    """End the final answer: dissent, what stays open, confidence, and what it took."""
    dissent = phrases.dissent_lines(report.synthesis)
    lines = [Text.assemble(("Dissent ", "yellow"), line) for line in dissent]
    lines += [
        Text.assemble(("Unresolved ", "yellow"), one_line(point))
        for point in report.synthesis.unresolved
    ]
    if lines:
        lines = [Text(), *lines]
    confidence = Text(report.confidence, style="bold")
    return Group(*lines, Text(), confidence, Text(phrases.closing_line(report), style="dim"))


def warning(sentence: str) -> Text:
    """Show what a reader must not miss."""
    return Text.assemble(("! ", "bold yellow"), one_line(sentence))


def notes(sentences: Sequence[str]) -> list[Text]:
    """Show several of them, with an empty line after the last."""
    return [*map(warning, sentences), Text()] if sentences else []


def seat_table(
    seats: Sequence[SeatReport], spinner: Spinner, elapsed_s: Mapping[str, float]
) -> Table:
    """Show what every seat is doing; `elapsed_s` is the time since a busy seat was asked."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(width=1)
    table.add_column(no_wrap=True, overflow="ellipsis", style="bold", max_width=24)
    table.add_column(no_wrap=True, overflow="ellipsis", style="dim", max_width=36)
    table.add_column(no_wrap=True, min_width=9)
    table.add_column(no_wrap=True, justify="right", min_width=5)
    table.add_column(no_wrap=True, justify="right", style="dim")
    for seat in seats:
        is_busy = seat.status in _BUSY
        took = elapsed_s.get(seat.name) if is_busy else seat.latency_s
        table.add_row(
            spinner if is_busy else Text(*_MARKS[seat.status]),
            Text(one_line(seat.name)),
            Text(one_line(seat.model)),
            Text(phrases.STATUS[seat.status]),
            Text("" if took is None else phrases.seconds(took)),
            Text("" if seat.words is None else f"{seat.words:,} words"),
        )
    return table


def _root(report: RootReport) -> RenderableType:
    lines = [Text(phrases.paragraph(report.question), style="bold")]
    lines.append(Text(phrases.council_line(report), style="dim"))
    if report.is_rehearsal:
        lines.append(Text(REHEARSAL_NOTE, style="dim italic"))
    return Group(*lines, Text())


def _answer(report: AnswerReport) -> RenderableType:
    answer = report.answer
    parts: list[RenderableType] = [Markdown(phrases.paragraph(answer.text))]
    if answer.revised_because:
        why = Text(f"Revised because: {one_line(answer.revised_because)}", style="italic")
        parts = [why, Text(), *parts]
    footer = phrases.answer_footer(answer)
    if footer:
        parts += [Text(), Text(footer, style="dim")]
    return _framed(report, *parts)


def _standings(report: StandingsReport) -> list[RenderableType]:
    standings = report.standings
    lines = [Text(line, style="dim") for line in phrases.standings_lines(standings)]
    if not standings.order:
        return list(lines)
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("", justify="right", style="bold")
    table.add_column("member", overflow="ellipsis", no_wrap=True)
    for heading in ("wins", "share", "mean rank"):
        table.add_column(heading, justify="right", no_wrap=True)
    for place, standing in zip(phrases.places(standings.order), standings.order, strict=True):
        rank = "" if standing.mean_rank is None else f"{standing.mean_rank:.1f}"
        table.add_row(
            place,
            Text(one_line(standing.member)),
            f"{standing.copeland:g}",
            f"{standing.share:.0%}",
            rank,
        )
    return [table, *lines]


def _framed(report: Report, *parts: RenderableType) -> Panel:
    return Panel(
        Group(*parts),
        title=Text(phrases.title(report), style="bold"),
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
        padding=(0, 1),
    )

"""The final answer, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.accents import COUNCIL, of_state
from adapters.discord.thread.components import (
    Component,
    button,
    mention,
    row,
    separator,
    sign,
    small,
    text,
)
from adapters.discord.thread.messages import Content, Message, messages, single
from bot import phrases
from bot.domain import State
from bot.domain.reports import FailureReport, SynthesisReport
from bot.reports import REHEARSAL_NOTE

FOLLOW_UP = "council:after"
REVIEWS = "council:reviews"
GOOD = "council:good"
BAD = "council:bad"

# With what stands around them, less than what a message leaves for above and below the text.
_WARNINGS_CHARS = 900
_VIEWS_CHARS = 1_100
_LINE_CHARS = 400
_LEAST_LINE_CHARS = 40


def conclusion(report: SynthesisReport) -> tuple[Message, ...]:
    """Return the final answer: what must be known first, the answer, dissent, and what it took."""
    title = phrases.title(report)
    above = [
        text(f"# {safe(title)}\n{confidence(report)}"),
        *_asker(report),
        *_warnings(phrases.top_notes(report)),
    ]
    return messages(Content(title, report.synthesis.text, above, _below(report), COUNCIL))


def failure(report: FailureReport) -> Message:
    """Return the message of a deliberation that ended without an answer."""
    notes = [REHEARSAL_NOTE] if report.is_rehearsal else []
    components = [
        text(f"**{safe(report.reason, _LINE_CHARS)}**"),
        *_warnings([*notes, *report.notes]),
        small(f"id {safe(report.deliberation_id, 40)}"),
    ]
    return single(phrases.NO_ANSWER, components, of_state(State.FAILED))


def confidence(report: SynthesisReport) -> str:
    """Say how far the answer can be trusted, before it is read."""
    shown = f"**{safe(report.confidence)}**"
    differing = phrases.disagreement(report.synthesis)
    return shown if differing is None else f"{shown}\n{differing}"


def views(report: SynthesisReport) -> list[Component]:
    """Say who disagrees, and what stays open."""
    told = [(phrases.DISSENT, line) for line in phrases.dissent_lines(report.synthesis)]
    told += [(phrases.UNRESOLVED, point) for point in report.synthesis.unresolved]
    if not told:
        return []
    most = _share(_VIEWS_CHARS, len(told))
    lines = [f"**{what}** · {safe(line, most)}" for what, line in told]
    return [separator(), text("\n".join(lines))]


def _asker(report: SynthesisReport) -> list[Component]:
    """Name whoever asked: the bot's one ping, which also makes them follow the thread."""
    if report.asker_id is None:
        return []
    return [small(f"{phrases.ASKED_BY} {mention(report.asker_id)}")]


def _warnings(sentences: Sequence[str]) -> list[Component]:
    """Warn in small print, one line each."""
    if not sentences:
        return []
    most = _share(_WARNINGS_CHARS, len(sentences))
    return [text("\n".join(f"-# ⚠ {safe(sentence, most)}" for sentence in sentences))]


def _below(report: SynthesisReport) -> list[Component]:
    known = report.deliberation_id
    return [
        *views(report),
        small(safe(phrases.closing_line(report))),
        row(
            button(phrases.FOLLOW_UP, FOLLOW_UP, known),
            button(phrases.SHOW_REVIEWS, REVIEWS, known),
            sign("👍", GOOD, known),
            sign("👎", BAD, known),
        ),
    ]


def _share(most: int, count: int) -> int:
    """Return how long each of several lines may be so that all of them fit."""
    return min(max(most // count, _LEAST_LINE_CHARS), _LINE_CHARS)

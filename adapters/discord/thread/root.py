"""The message that opens a thread: the question, who sits, and how it stands right now."""

from __future__ import annotations

from adapters.discord.rich.untrusted import escaped, safe, size
from adapters.discord.thread.accents import of_state
from adapters.discord.thread.components import (
    Component,
    Style,
    button,
    link,
    mention,
    row,
    shown_chars,
    small,
    text,
)
from adapters.discord.thread.messages import MOST_CHARS, Message, single
from bot import phrases
from bot.domain.reports import RootReport, SeatReport
from bot.marks import mark
from bot.reports import REHEARSAL_NOTE
from bot.untrusted import harmless

STOP = "council:stop"

_SEATS_CHARS = 1_800
_LEAST_SEAT_CHARS = 60
_LINE_CHARS = 350


def root(report: RootReport, answer_link: str | None) -> Message:
    """Return the root message; `answer_link` leads to the final answer, once there is one."""
    note = [small(f"🎭 {escaped(REHEARSAL_NOTE)}")] if report.is_rehearsal else []
    below = [
        small(f"{phrases.ASKED_BY} {_asker(report)} · {safe(phrases.course_line(report))}"),
        *_seats(report),
        *_outcome(report, answer_link),
    ]
    room = MOST_CHARS - shown_chars([*note, *below])
    quoted = quote(report.question, room)
    return single("Question", [*note, quoted, *below], of_state(report.state))


def quote(written: str, room: int) -> Component:
    """Quote a question as it was written, or its beginning, where it has so much room."""
    question = harmless(written).strip() or "-"
    shown, quoted = question, _quoted(question)
    while size(quoted) > room:
        shown = shown[: len(shown) * room // size(quoted) - 1]
        quoted = _quoted(f"{shown.rstrip()}…")
    return text(quoted)


def _quoted(question: str) -> str:
    return "\n".join(f"> {line}" for line in escaped(question).split("\n"))


def _asker(report: RootReport) -> str:
    return safe(report.asker, 80) if report.asker_id is None else mention(report.asker_id)


def _seats(report: RootReport) -> list[Component]:
    if not report.seats:
        return []
    most = max(_SEATS_CHARS // len(report.seats), _LEAST_SEAT_CHARS)
    return [text("\n".join(_seat(seat, most) for seat in report.seats))]


def _seat(seat: SeatReport, most: int) -> str:
    head = f"{phrases.SIGNS[seat.status]} {mark(seat.model)} **{safe(seat.name, most // 2)}** · "
    return head + safe(phrases.seat_state(seat), max(most - size(head), most // 4))


def _outcome(report: RootReport, answer_link: str | None) -> list[Component]:
    headline = safe(report.headline, _LINE_CHARS)
    if not report.state.is_final:
        stop = button(phrases.STOP, STOP, report.deliberation_id, Style.DANGER)
        return [text(f"**{headline}**"), row(stop)]
    shown = f"**{headline}**"
    if report.gist:
        shown = f"**{phrases.IN_SHORT}** {safe(report.gist, _LINE_CHARS)}\n{headline}"
    components = [text(shown)]
    if report.remark is not None:
        components.append(small(f"⚠ {safe(report.remark)}"))
    if answer_link is not None:
        components.append(row(link(phrases.READ_ANSWER, answer_link)))
    return components

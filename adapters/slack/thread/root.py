"""The message that opens a thread: the question, who sits, and how it stands right now."""

from __future__ import annotations

from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import (
    Block,
    actions,
    button,
    lines,
    plain_text,
    rich_quote,
    safe,
    section,
    small,
)
from adapters.slack.thread.messages import Message, single
from bot import phrases
from bot.domain.reports import RootReport, SeatReport
from bot.marks import mark
from bot.reports import REHEARSAL_NOTE
from bot.untrusted import harmless

STOP = "council_stop"

# Longer than any question by the usual limit; operators may allow more.
_QUESTION_CHARS = 6000


def root(report: RootReport, answer_link: str | None) -> Message:
    """Return the root message; `answer_link` leads to the final answer, once there is one."""
    blocks = [
        *([small(f"🎭 {escaped(REHEARSAL_NOTE)}")] if report.is_rehearsal else []),
        rich_quote(_question(report)),
        small(f"{phrases.ASKED_BY} {_asker(report)} · {safe(phrases.course_line(report))}"),
        *lines([_seat(seat) for seat in report.seats]),
        *_outcome(report, answer_link),
    ]
    return single("Question", f"Question: {report.question}", blocks)


def _question(report: RootReport) -> str:
    question = harmless(report.question).strip()
    if len(question) > _QUESTION_CHARS:
        return f"{question[:_QUESTION_CHARS]}…"
    return question


def _asker(report: RootReport) -> str:
    # The one mention that the bot ever makes: who asked follows the thread by it.
    return f"<@{report.asker_id}>" if report.asker_id else safe(report.asker, 80)


def _seat(seat: SeatReport) -> str:
    name = f"{mark(seat.model)} *{safe(seat.name, 60)}*"
    return f"{phrases.SIGNS[seat.status]} {name} · {escaped(phrases.seat_state(seat))}"


def _outcome(report: RootReport, answer_link: str | None) -> list[Block]:
    headline = escaped(report.headline)
    if not report.state.is_final:
        return [section(f"*{headline}*"), actions(_stop(report))]
    shown = f"*{headline}*"
    if report.gist:
        shown = f"*{phrases.IN_SHORT}* {safe(report.gist, 300)}\n{headline}"
    if answer_link is not None:
        shown = f"{shown}\n<{escaped(answer_link)}|{phrases.READ_ANSWER}>"
    blocks = [section(shown)]
    if report.remark is not None:
        blocks.append(small(f"⚠ {safe(report.remark)}"))
    return blocks


def _stop(report: RootReport) -> Block:
    confirm = {
        "title": plain_text("Stop this council?"),
        "text": plain_text("What is answered so far stays in the thread."),
        "confirm": plain_text("Stop it"),
        "deny": plain_text("Let it go on"),
    }
    return button(phrases.STOP, STOP, report.deliberation_id, style="danger", confirm=confirm)

"""A final answer to be read again by one person."""

from __future__ import annotations

from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, divider, header, lines, rich_quote, safe, small
from adapters.slack.thread.conclusion import confidence, views
from adapters.slack.thread.messages import Content, Message, messages
from bot import phrases
from bot.domain import Deliberation
from bot.domain.reports import SynthesisReport
from bot.untrusted import harmless

# With what else stands around the answer, less than a message leaves for that.
_QUESTION_CHARS = 800


def again(
    deliberation: Deliberation, report: SynthesisReport, link: str | None
) -> tuple[Message, ...]:
    """Return a question with its final answer; `link` leads to its thread."""
    title, said = phrases.title(report), views(report)
    above = [
        rich_quote(_question(deliberation)),
        _asked(deliberation, link),
        header(title),
        *lines([confidence(report)]),
    ]
    below = [
        *([divider()] if said else []),
        *lines(said),
        small(escaped(phrases.closing_line(report))),
    ]
    return messages(Content(title, report.synthesis.text, above, below))


def _question(deliberation: Deliberation) -> str:
    question = harmless(deliberation.question.text).strip()
    if len(question) > _QUESTION_CHARS:
        return f"{question[:_QUESTION_CHARS]}…"
    return question


def _asked(deliberation: Deliberation, link: str | None) -> Block:
    asker, known = safe(deliberation.question.asker, 60), safe(deliberation.id, 40)
    day = f"{deliberation.created_at:%Y-%m-%d}"
    thread = [] if link is None else [f"<{escaped(link)}|read the thread>"]
    return small(" · ".join([f"{phrases.ASKED_BY} {asker}", day, f"id {known}", *thread]))

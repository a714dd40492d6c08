"""Reports as Slack messages."""

from __future__ import annotations

from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, safe, small
from adapters.slack.thread.conclusion import conclusion, failure
from adapters.slack.thread.messages import Content, Message, messages
from adapters.slack.thread.root import root
from adapters.slack.thread.standings import standings
from bot import phrases
from bot.domain import Review
from bot.domain.reports import (
    AnswerReport,
    FailureReport,
    Report,
    ReviewReport,
    RootReport,
    StandingsReport,
    SynthesisReport,
)
from bot.marks import mark


def render(report: Report, *, answer_link: str | None = None) -> tuple[Message, ...]:
    """Return a report's messages in order, at least one; the root message is one.

    `answer_link` is the address of the final answer, for the root message.
    """
    match report:
        case RootReport():
            return (root(report, answer_link),)
        case AnswerReport():
            return _answer(report)
        case ReviewReport():
            return _review(report)
        case StandingsReport():
            return (standings(report),)
        case SynthesisReport():
            return conclusion(report)
        case FailureReport():
            return (failure(report),)


def _answer(report: AnswerReport) -> tuple[Message, ...]:
    answer = report.answer
    above = [_heading(report, answer.member, answer.model)]
    if answer.revised_because:
        above.append(small(f"_{phrases.REVISED}_ {safe(answer.revised_because, 500)}"))
    footer = phrases.answer_footer(answer)
    below = [small(escaped(footer))] if footer else []
    return messages(Content(phrases.title(report), answer.text, above, below))


def _review(report: ReviewReport) -> tuple[Message, ...]:
    review = report.review
    above = [_heading(report, review.reviewer, review.model)]
    return messages(Content(phrases.title(report), review.text, above, [_order(review)]))


def _order(review: Review) -> Block:
    return small(f"*{safe(phrases.order_line(review.ballot), 500)}*")


def _heading(report: AnswerReport | ReviewReport, member: str, model: str) -> Block:
    """Say whose message it is: a mark for the maker, the name, the model, and how long it took."""
    name, _, rest = phrases.title(report).partition(" · ")
    model_id = model.rpartition("/")[2]
    shown = f"{mark(model)} *{escaped(name)}* · {escaped(rest)}"
    return small(f"{shown} · {safe(model_id, 80)}" if model_id != member else shown)

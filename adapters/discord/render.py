"""Reports as Discord messages."""

from __future__ import annotations

from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.accents import of_model
from adapters.discord.thread.components import Component, parts_of, shown_chars, small, text
from adapters.discord.thread.conclusion import conclusion, failure
from adapters.discord.thread.messages import MOST_CHARS, Content, Message, messages, single
from adapters.discord.thread.root import root
from adapters.discord.thread.standings import standings
from bot import phrases
from bot.domain import Deliberation, Review
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

_MOST_COMPONENTS = 36  # of 40


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


def reviews(deliberation: Deliberation) -> tuple[Message, ...]:
    """Return all reviews of a deliberation, in as few messages as they fit, at least one."""
    place, is_rehearsal = deliberation.question.place, deliberation.is_rehearsal
    packed: list[Message] = []
    for review in deliberation.reviews:
        for message in _review(ReviewReport(place, is_rehearsal, review)):
            both = _together(packed[-1], message) if packed else None
            packed[-1:] = [both] if both else [*packed[-1:], message]
    return tuple(packed) or (single(phrases.ALL_REVIEWS, [text(phrases.NO_REVIEWS)]),)


def _answer(report: AnswerReport) -> tuple[Message, ...]:
    answer = report.answer
    above = [_heading(report, answer.member, answer.model)]
    if answer.revised_because:
        above.append(small(f"_{phrases.REVISED}_ {safe(answer.revised_because, 500)}"))
    footer = phrases.answer_footer(answer)
    below = [small(safe(footer, 500))] if footer else []
    accent = of_model(answer.model)
    return messages(Content(phrases.title(report), answer.text, above, below, accent))


def _review(report: ReviewReport) -> tuple[Message, ...]:
    review = report.review
    above = [_heading(report, review.reviewer, review.model)]
    accent = of_model(review.model)
    return messages(Content(phrases.title(report), review.text, above, [_order(review)], accent))


def _order(review: Review) -> Component:
    return small(f"**{safe(phrases.order_line(review.ballot), 500)}**")


def _heading(report: AnswerReport | ReviewReport, member: str, model: str) -> Component:
    """Say whose message it is: a mark for the maker, the name, the model, and how long it took."""
    name, _, rest = phrases.title(report).partition(" · ")
    model_id = model.rpartition("/")[2]
    shown = f"{mark(model)} **{safe(name, 120)}** · {safe(rest, 120)}"
    return text(f"{shown} · {safe(model_id, 120)}" if model_id != member else shown)


def _together(first: Message, second: Message) -> Message | None:
    """Return two messages as one, None if that is too much for one."""
    components = [*first.components, *second.components]
    count = sum(1 + len(parts_of(component)) for component in components)
    is_small = shown_chars(components) <= MOST_CHARS and count <= _MOST_COMPONENTS
    if not is_small or first.file is not None or second.file is not None:
        return None
    return Message(phrases.ALL_REVIEWS, components)

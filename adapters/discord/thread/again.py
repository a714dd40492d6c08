"""A deliberation to be read again by one person."""

from __future__ import annotations

from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.accents import COUNCIL, of_state
from adapters.discord.thread.components import Component, small, text
from adapters.discord.thread.conclusion import confidence, views
from adapters.discord.thread.messages import Content, Message, messages, single
from adapters.discord.thread.root import quote
from bot import phrases
from bot.domain import Deliberation
from bot.domain.reports import SynthesisReport
from bot.reports import SYNTHESIS, report, root_report

# With what else stands around the answer, less than a message leaves for that.
_QUESTION_CHARS = 800


def again(deliberation: Deliberation) -> tuple[Message, ...]:
    """Return the question with the final answer, or with how it stands."""
    asked = [quote(deliberation.question.text, _QUESTION_CHARS), _asked(deliberation)]
    if deliberation.synthesis is not None:
        told = report(deliberation, SYNTHESIS)
        if isinstance(told, SynthesisReport):
            return _answer(told, asked)
    headline = root_report(deliberation).headline
    components = [*asked, text(f"**{safe(headline)}**")]
    return (single("Question", components, of_state(deliberation.state)),)


def _answer(told: SynthesisReport, asked: list[Component]) -> tuple[Message, ...]:
    title = phrases.title(told)
    above = [*asked, text(f"# {safe(title)}\n{confidence(told)}")]
    below = [*views(told), small(safe(phrases.closing_line(told)))]
    return messages(Content(title, told.synthesis.text, above, below, COUNCIL))


def _asked(deliberation: Deliberation) -> Component:
    asker, known = deliberation.question.asker, deliberation.id
    day = f"{deliberation.created_at:%Y-%m-%d}"
    return small(safe(f"{phrases.ASKED_BY} {asker} · {day} · {deliberation.state} · id {known}"))

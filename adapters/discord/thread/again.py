"""A deliberation to be read again by one person."""

from __future__ import annotations

from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.accents import COUNCIL, of_state
from adapters.discord.thread.components import Component, link, row, small, text
from adapters.discord.thread.conclusion import confidence, views
from adapters.discord.thread.messages import Content, Message, messages, single
from adapters.discord.thread.root import quote
from bot import phrases
from bot.domain import Deliberation
from bot.domain.reports import SynthesisReport
from bot.reports import SYNTHESIS, report, root_report

# With what else stands around the answer, less than a message leaves for that.
_QUESTION_CHARS = 800
_GO = "Go to its thread"


def again(deliberation: Deliberation, where: str | None = None) -> tuple[Message, ...]:
    """Return the question with the final answer, or with how it stands.

    `where` is the address of its thread, None if that is not there yet.
    """
    way = [] if where is None else [row(link(_GO, where))]
    asked = [quote(deliberation.question.text, _QUESTION_CHARS), _asked(deliberation)]
    if deliberation.synthesis is not None:
        told = report(deliberation, SYNTHESIS)
        if isinstance(told, SynthesisReport):
            return _answer(told, asked, way)
    headline = root_report(deliberation).headline
    components = [*asked, text(f"**{safe(headline)}**"), *way]
    return (single("Question", components, of_state(deliberation.state)),)


def _answer(
    told: SynthesisReport, asked: list[Component], way: list[Component]
) -> tuple[Message, ...]:
    title = phrases.title(told)
    above = [*asked, text(f"# {safe(title)}\n{confidence(told)}")]
    below = [*views(told), small(safe(phrases.closing_line(told))), *way]
    return messages(Content(title, told.synthesis.text, above, below, COUNCIL))


def _asked(deliberation: Deliberation) -> Component:
    asker, known = deliberation.question.asker, deliberation.id
    day = f"{deliberation.created_at:%Y-%m-%d}"
    return small(safe(f"{phrases.ASKED_BY} {asker} · {day} · {deliberation.state} · id {known}"))

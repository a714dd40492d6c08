"""The windows about questions: about a message, a follow-up, and all reviews to read."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.forms.parts import Input, form, page
from adapters.slack.rich.pages import fallback
from adapters.slack.rich.richtext import rich_text
from adapters.slack.thread.blocks import Block, rich_quote, safe, small
from bot import phrases
from bot.desk import ABOUT_THIS
from bot.domain import Deliberation
from bot.marks import mark
from bot.untrusted import harmless

ABOUT = "council_ask_about"
FOLLOW_UP = "council_ask_further"
QUESTION = "question"

_SUBMIT = "Ask"
_QUOTE_CHARS = 2500
_MOST_BLOCKS = 95  # of 100
_MOST_CHARS = 90_000  # of all blocks; Slack refuses views past about 250 kB


def about(message: str, files: Sequence[str], ticket: str) -> Block:
    """Ask what the council should say about a message; `ticket` names it on submission."""
    shown = harmless(message).strip()
    quote = f"{shown[:_QUOTE_CHARS]}…" if len(shown) > _QUOTE_CHARS else shown
    wanted = "What should the council say about it?"
    blocks = [
        *([rich_quote(quote)] if quote else []),
        *([small(f"With {safe(phrases.joined(files))}")] if files else []),
        Input(QUESTION, wanted, placeholder=ABOUT_THIS).text(is_long=True),
    ]
    return form("Ask the council", ABOUT, ticket, blocks, _SUBMIT)


def follow_up(question: str, ticket: str) -> Block:
    """Ask the next question in a thread."""
    wanted = Input(QUESTION, "Your follow-up", placeholder="And what if …?", is_optional=False)
    blocks = [small(f"After: {safe(question, 300)}"), wanted.text(is_long=True)]
    return form(phrases.FOLLOW_UP, FOLLOW_UP, ticket, blocks, _SUBMIT)


def reviews(deliberation: Deliberation) -> Block:
    """Show what the members said of each other's answers."""
    blocks: list[Block] = []
    for review in deliberation.reviews:
        reading = "second reading" if review.turn else "review"
        name = safe(review.reviewer, 60)
        blocks.append(small(f"{mark(review.model)} *{name}* · {reading}"))
        blocks += fallback(rich_text(review.text))
        blocks.append(small(f"*{safe(phrases.order_line(review.ballot), 500)}*"))
    if not blocks:
        blocks = [small(phrases.NO_REVIEWS)]
    return page(phrases.ALL_REVIEWS, _fitting(blocks))


def _fitting(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    size = 0
    for block in blocks:
        size += len(str(block))
        if len(kept) == _MOST_BLOCKS or size > _MOST_CHARS:
            return [*kept, small("… The rest is in the thread.")]
        kept.append(block)
    return kept

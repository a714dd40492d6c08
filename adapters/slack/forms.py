"""The forms that Slack opens: a question about a message, a follow-up, and all reviews to read."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.rich.pages import fallback
from adapters.slack.rich.richtext import rich_text
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, plain_text, rich_quote, safe, section, small
from bot import phrases
from bot.desk import ABOUT_THIS
from bot.domain import Deliberation
from bot.marks import mark
from bot.untrusted import harmless

ABOUT = "council_ask_about"
FOLLOW_UP = "council_ask_further"
QUESTION, TEXT = "question", "text"

_TITLE_CHARS = 24
_QUOTE_CHARS = 2500
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
_INPUT_CHARS = 3000
_MOST_BLOCKS = 95  # of 100
_MOST_CHARS = 90_000  # of all blocks; Slack refuses views past about 250 kB


def about(message: str, files: Sequence[str], ticket: str) -> Block:
    """Ask what the council should say about a message; `ticket` names it on submission."""
    shown = harmless(message).strip()
    quote = f"{shown[:_QUOTE_CHARS]}…" if len(shown) > _QUOTE_CHARS else shown
    blocks = [
        *([rich_quote(quote)] if quote else []),
        *([small(f"With {safe(phrases.joined(files))}")] if files else []),
        _input("What should the council say about it?", ABOUT_THIS, is_optional=True),
    ]
    return _form("Ask the council", ABOUT, ticket, blocks)


def follow_up(question: str, ticket: str) -> Block:
    """Ask the next question in a thread."""
    blocks = [
        small(f"After: {safe(question, 300)}"),
        _input("Your follow-up", "And what if …?", is_optional=False),
    ]
    return _form(phrases.FOLLOW_UP, FOLLOW_UP, ticket, blocks)


def loading(title: str) -> Block:
    """Show that something comes."""
    return _page(title, [small("One moment …")])


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
    return _page(phrases.ALL_REVIEWS, _fitting(blocks))


def fault(title: str, sentence: str) -> Block:
    """Say why there is no form."""
    return _page(title, [section(escaped(sentence))])


def _fitting(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    size = 0
    for block in blocks:
        size += len(str(block))
        if len(kept) == _MOST_BLOCKS or size > _MOST_CHARS:
            return [*kept, small("… The rest is in the thread.")]
        kept.append(block)
    return kept


def _input(label: str, placeholder: str, *, is_optional: bool) -> Block:
    element = {
        "type": "plain_text_input",
        "action_id": TEXT,
        "multiline": True,
        "max_length": _INPUT_CHARS,
        "placeholder": plain_text(placeholder),
    }
    return {
        "type": "input",
        "block_id": QUESTION,
        "label": plain_text(label),
        "element": element,
        "optional": is_optional,
    }


def _form(title: str, callback: str, ticket: str, blocks: Sequence[Block]) -> Block:
    return {
        **_page(title, blocks),
        "callback_id": callback,
        "private_metadata": ticket,
        "submit": plain_text("Ask"),
    }


def _page(title: str, blocks: Sequence[Block]) -> Block:
    return {
        "type": "modal",
        "title": plain_text(title[:_TITLE_CHARS]),
        "close": plain_text("Close"),
        "blocks": list(blocks),
    }

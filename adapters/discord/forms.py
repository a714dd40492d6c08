"""The forms that Discord opens: a question about a message, and a follow-up.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.fields import Field, form, paragraph
from adapters.discord.rich.untrusted import escaped
from adapters.discord.thread.components import text
from adapters.discord.wire.http import Json
from bot import phrases
from bot.desk import ABOUT_THIS
from bot.untrusted import harmless, one_line

ABOUT, AFTER = "council:about", "council:after"
QUESTION = "question"
_QUESTION = Field(QUESTION, "What should the council say about it?", placeholder=ABOUT_THIS)
_FOLLOW_UP = Field("question", "Your follow-up", placeholder="And what if …?", is_required=True)

_QUOTE_CHARS = 600


def about(message: str, files: Sequence[str], ticket: str) -> Json:
    """Ask what the council should say about a message; `ticket` names it on submission."""
    shown = harmless(message).strip()
    quote = f"{shown[:_QUOTE_CHARS].rstrip()}…" if len(shown) > _QUOTE_CHARS else shown
    lines = [f"> {escaped(line)}" for line in quote.splitlines()]
    if files:
        lines.append(f"-# With {escaped(one_line(phrases.joined(files), 300))}")
    asked = [text("\n".join(lines)), paragraph(_QUESTION)]
    return form("Ask the council", f"{ABOUT}:{ticket}", asked)


def follow_up(deliberation_id: str) -> Json:
    """Ask the next question in a thread."""
    return form(phrases.FOLLOW_UP, f"{AFTER}:{deliberation_id}", [paragraph(_FOLLOW_UP)])

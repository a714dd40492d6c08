"""The final answer while it is written."""

from __future__ import annotations

from adapters.discord.rich.document import document
from adapters.discord.rich.pages import pages
from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.accents import COUNCIL
from adapters.discord.thread.components import mention, small, text
from adapters.discord.thread.messages import MOST_CHARS, Message, laid_out, single
from bot import phrases

_FRAME_CHARS = 400
_READ_CHARS = 2 * MOST_CHARS  # more than a message holds


def writing(
    written: str, chairman: str, *, is_again: bool = False, asker_id: str | None = None
) -> Message:
    """Return as much of the beginning of an unfinished answer as fits a message.

    `is_again` says that another member took the chair and began anew. Whoever asked is mentioned.
    """
    whom = f"{mention(asker_id)} · " if asker_id is not None else ""
    opening = small(f"✎ {whom}{safe(phrases.writing_line(chairman, is_again=is_again))}")
    first, *others = pages(document(written[:_READ_CHARS]), MOST_CHARS - _FRAME_CHARS)
    is_cut = bool(others) or len(written) > _READ_CHARS
    components = [opening, *laid_out(first), *([text("…")] if is_cut else [])]
    return single(phrases.FINAL_ANSWER, components, COUNCIL)

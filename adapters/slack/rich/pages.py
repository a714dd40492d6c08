"""Cuts blocks into messages that Slack takes, and says them in plainer ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.slack.rich.cutting import Room
from adapters.slack.rich.elements import LIST, Block, children, number, rows_of, text_of
from adapters.slack.rich.filling import BLOCK_TEXT, Filling
from adapters.slack.rich.tables import preformatted
from adapters.slack.rich.units import units

# Slack documents no limit for a whole message. It refused Markdown of about 13,200 characters
# (slackapi/bolt-js#2509) and rich text of 11,341 (slackapi/bolt-js#2867), whose structure counts.
MESSAGE_JSON = 11_000
# A message keeps this much whatever is reserved, and thus goes on; both together are below 13,200.
LEAST_JSON = 2_000

_HEADING_JSON = 500  # so that the largest table leaves room for the heading above it


def pages(blocks: Sequence[Block], *, reserved: int = 0) -> list[list[Block]]:
    """Cut blocks into the blocks of as many messages as they need, of one at least.

    `reserved` is the compact JSON, in characters, of all that is put around them in a message.
    Tables that fit no message become preformatted text.
    """
    most_json = max(MESSAGE_JSON - reserved, LEAST_JSON)
    room = Room(BLOCK_TEXT, most_json // 2)
    full: list[Filling] = []
    current = Filling(most_json)
    for unit in units(blocks, room, most_json - _HEADING_JSON):
        if not current.takes(unit):
            done, current = current.broken_before(unit)
            full.append(done)
        current.add(unit)
    return [filling.finished() for filling in (*full, current)]


def fallback(blocks: Sequence[Block]) -> list[Block]:
    """Return the same blocks with tables as preformatted text, for a Slack that refuses tables."""
    result: list[Block] = []
    for block in blocks:
        if block["type"] == "table":
            result += [part for page in pages([preformatted(block)]) for part in page]
        else:
            result.append(block)
    return result


def plain(blocks: Sequence[Block]) -> str:
    """Return the visible text of rich text and tables; it is not escaped."""
    return "\n".join(line for block in blocks for line in _lines(block)).strip()


def _lines(block: Block) -> Iterator[str]:
    if block["type"] == "table":
        yield from (" | ".join(text_of(cell).strip() for cell in row) for row in rows_of(block))
    elif block["type"] == "rich_text":
        for element in children(block):
            yield from _items(element) if element["type"] == LIST else [text_of(element)]


def _items(element: Block) -> Iterator[str]:
    for count, item in enumerate(children(element), number(element, "offset") + 1):
        yield f"{count}. {text_of(item)}" if element["style"] == "ordered" else f"• {text_of(item)}"

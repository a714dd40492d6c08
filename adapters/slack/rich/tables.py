"""Tables: as Slack's own block, or as aligned text where that has no room.

https://docs.slack.dev/reference/block-kit/blocks/table-block
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import cast

from markdown_it.token import Token

from adapters.slack.rich.elements import (
    CODE,
    SECTION,
    Block,
    children,
    holder,
    is_plain,
    joined,
    link,
    rich_text_block,
    rows_of,
    size,
    text,
    text_of,
)
from adapters.slack.rich.inlines import inlines
from bot.markdown.tables import row_tokens, shown_width, widest_row

MOST_ROWS = 100
MOST_COLUMNS = 20
# "All cells together": beyond it Slack answers invalid_blocks, openclaw/openclaw#116447.
MOST_TEXT = 10_000

_WIDEST_PADDED = 40  # a wider cell sticks out: one in each column would pad all others to pages


def table(tokens: Sequence[Token]) -> Block:
    """Return the block of a table's tokens.

    A row with more cells than the head makes it preformatted source, since the parser, as GitHub's
    specification says, has dropped them.
    """
    head, source = row_tokens(tokens)[0], tokens[0].content
    if widest_row(source) > len(head):
        return rich_text_block([holder(CODE, [text(source)])])
    settings = [_settings(cell) for cell in head[:MOST_COLUMNS]]
    rows = [[_cell(cell) for cell in row] for row in row_tokens(tokens)]
    return {"type": "table", "column_settings": settings, "rows": rows}


def is_within_limits(block: Block) -> bool:
    """Say whether Slack takes a table block by its rows, columns and text."""
    rows = rows_of(block)
    length = sum(len(text_of(cell)) for row in rows for cell in row)
    return len(rows) <= MOST_ROWS and len(rows[0]) <= MOST_COLUMNS and length <= MOST_TEXT


def preformatted(block: Block) -> Block:
    """Return a table block as preformatted text, never longer in JSON than the block.

    Columns are aligned unless that would break the promise.
    """
    widths = [max(map(shown_width, column)) for column in _columns(block)]
    aligned = _preformatted(_aligned_lines(block, [min(each, _WIDEST_PADDED) for each in widths]))
    if size(aligned) <= size(block):
        return aligned
    return _preformatted(_line(row) for row in rows_of(block))


def _settings(cell: tuple[Token, Token]) -> Block:
    align = str(cell[0].attrs.get("style", "text-align:left")).partition(":")[2]
    return {"align": align, "is_wrapped": True}


def _cell(cell: tuple[Token, Token]) -> Block:
    elements = inlines(cell[1].children or [])
    if all(map(is_plain, elements)):
        # Slack refuses an empty text: NousResearch/hermes-agent#59621.
        return {"type": "raw_text", "text": "".join(map(text_of, elements)) or " "}
    return rich_text_block([holder(SECTION, elements)])


def _preformatted(lines: Iterable[Sequence[Block]]) -> Block:
    elements: list[Block] = []
    for line in lines:
        elements += [*line, text("\n")]
    return rich_text_block([holder(CODE, joined(elements[:-1]))])


def _columns(block: Block) -> list[tuple[str, ...]]:
    texts = [[text_of(cell).strip() for cell in row] for row in rows_of(block)]
    return list(zip_longest(*texts, fillvalue=""))


def _aligned_lines(block: Block, widths: Sequence[int]) -> list[list[Block]]:
    settings = cast("list[dict[str, str]]", block.get("column_settings", []))
    aligns = [setting.get("align", "left") for setting in settings[: len(widths)]]
    aligns += ["left"] * (len(widths) - len(aligns))
    head, *body = (
        _line([_padded(*column) for column in zip(row, widths, aligns, strict=False)])
        for row in rows_of(block)
    )
    return [head, [text("-+-".join("-" * width for width in widths))], *body]


def _line(cells: Sequence[Block]) -> list[Block]:
    parts = [part for cell in cells for part in (*_unstyled(cell), text(" | "))]
    line = joined(parts[:-1])
    if line and line[-1]["type"] == "text":
        line[-1] = text(text_of(line[-1]).rstrip())
    return line


def _padded(cell: Block, width: int, align: str) -> Block:
    gap = max(width - shown_width(text_of(cell).strip()), 0)
    before = {"right": gap, "center": gap // 2}.get(align, 0)
    return holder(SECTION, [text(" " * before), *_unstyled(cell), text(" " * (gap - before))])


def _unstyled(cell: Block) -> list[Block]:
    if cell["type"] == "link":
        return [link(str(cell["url"]), text_of(cell))]
    if "elements" in cell:
        return [part for element in children(cell) for part in _unstyled(element)]
    shown = text_of(cell)
    return [text(shown.strip() if cell["type"] == "raw_text" else shown)]

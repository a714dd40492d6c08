"""Tables, which Discord does not know: aligned in code where that is narrow, or as lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from markdown_it.token import Token

from adapters.discord.rich.blocks import Block, Kind
from adapters.discord.rich.inlines import inlines
from adapters.discord.rich.spans import BOLD, Span
from adapters.discord.rich.untrusted import in_fence, inline
from bot.markdown.tables import row_tokens, shown_width, widest_row
from bot.untrusted import harmless

# Wider code is broken into lines on a phone, and aligned no more.
WIDEST = 60

_BETWEEN = "  "
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell as Markdown and as bare text."""

    spans: tuple[Span, ...]
    text: str
    has_link: bool = False


def table(tokens: Sequence[Token], number: int) -> list[Block]:
    """Return the blocks of a table's tokens; lists of it have the number that is given.

    A row with more cells than the head makes it preformatted source, since the parser, as GitHub's
    specification says, has dropped them.
    """
    rows, source = row_tokens(tokens), tokens[0].content
    if widest_row(source) > len(rows[0]):
        return [Block(Kind.CODE, code=in_fence(source))]
    aligns = [_align(opening) for opening, _ in rows[0]]
    blocks = laid_out([[_cell(token) for _, token in row] for row in rows], aligns)
    return [replace(block, lists=(number,) if block.lists else ()) for block in blocks]


def laid_out(rows: Sequence[Sequence[Cell]], aligns: Sequence[str]) -> list[Block]:
    """Return rows, the first of which is the head, aligned or, if they are too wide, as lists."""
    texts = [[cell.text for cell in row] for row in rows]
    widths = [max(map(shown_width, column)) for column in zip_longest(*texts, fillvalue="")]
    is_narrow = sum(widths) + len(_BETWEEN) * (len(widths) - 1) <= WIDEST
    if is_narrow and not any(cell.has_link for row in rows for cell in row):
        return [Block(Kind.CODE, code=in_fence(_aligned(texts, widths, aligns)))]
    head, *body = rows
    return [block for row in body or [head] for block in _listed(head, row)]


def bare(text: str) -> Cell:
    """Return a cell of untrusted text without any markup."""
    return Cell((Span(inline(text)),) if text else (), text)


def _align(opening: Token) -> str:
    return str(opening.attrs.get("style", "text-align:left")).partition(":")[2]


def _cell(token: Token) -> Cell:
    children = token.children or []
    kinds = {child.type for child in children}
    has_link = not kinds.isdisjoint({"link_open", "image"}) or "://" in token.content
    text = " ".join(harmless("".join(child.content for child in children)).split())
    return Cell(tuple(inlines(children)), text, has_link)


def _aligned(texts: Sequence[Sequence[str]], widths: Sequence[int], aligns: Sequence[str]) -> str:
    head, *body = (_BETWEEN.join(map(_padded, row, widths, aligns)).rstrip() for row in texts)
    return "\n".join([head, _BETWEEN.join("─" * width for width in widths), *body])


def _padded(text: str, width: int, align: str) -> str:
    gap = width - shown_width(text)
    before = {"right": gap, "center": gap // 2}.get(align, 0)
    return f"{' ' * before}{text}{' ' * (gap - before)}"


def _listed(head: Sequence[Cell], row: Sequence[Cell]) -> list[Block]:
    """Return a row as a title, its first cell, and below it an item for each other cell."""
    first, *others = zip(head, row, strict=False)
    title = tuple(map(_bold, _named(*first)))
    items = [Block(Kind.ITEM, tuple(_named(*cell)), marker="- ", lists=(1,)) for cell in others]
    return [Block(Kind.TEXT, title, is_title=True), *items]


def _bold(span: Span) -> Span:
    # A sign within a whole would end the style.
    is_bold = not (span.whole and BOLD[0] in span.markdown)
    return replace(span, style=span.style | {BOLD}) if is_bold else span


def _named(head: Cell, cell: Cell) -> list[Span]:
    if head is cell or not head.spans:
        return list(cell.spans or head.spans) or [Span(_NOTHING)]
    return [*head.spans, Span(": "), *(cell.spans or [Span(_NOTHING)])]

"""The blocks of a document, and how Discord's Markdown says them one below the other.

Discord shows every empty line. It lays out headings, lists and code by itself, so these follow each
other directly; an empty line stands between two paragraphs, and after a list or a quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby

from adapters.discord.rich.spans import Span, written
from adapters.discord.rich.untrusted import ZERO_WIDTH, size

_QUOTE = "> "


class Kind(Enum):
    """What a block is; an item begins with its marker, and a rule divides."""

    TEXT = auto()
    HEADING = auto()
    ITEM = auto()
    CODE = auto()
    RULE = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a list's item, code, or a rule.

    `indent` is in columns; `lists` are the numbers of the lists that it stands in, the outermost
    first. Blocks of one quote have the same number, 0 is none. A title is a paragraph that stands
    for a heading. One that `continues` the block before it is the rest of it.
    """

    kind: Kind
    spans: tuple[Span, ...] = ()
    code: str = ""
    language: str = ""
    marker: str = ""
    indent: int = 0
    lists: tuple[int, ...] = ()
    quote: int = 0
    is_title: bool = False
    continues: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether it belongs to what follows."""
        return self.kind is Kind.HEADING or self.is_title

    @property
    def most(self) -> int:
        """How long it is at most once it is written, with what stands before it."""
        lines = 1 + self.code.count("\n") + sum(span.markdown.count("\n") for span in self.spans)
        margin = self.indent + len(self.marker) + (len(_QUOTE) if self.quote else 0)
        frame = len("\n\n") + 2 * len(_QUOTE) + len(ZERO_WIDTH)
        if self.kind is Kind.CODE:
            frame += 2 * (len("```\n") + margin) + len(self.language) + size(self.code)
        return sum(span.most for span in self.spans) + lines * margin + frame


def markdown(blocks: Sequence[Block]) -> str:
    """Return blocks, none of which is a rule, as Markdown."""
    shown = ""
    before: Block | None = None
    for block in _dedented(_merged(blocks)):
        if before is not None:
            shown += _gap(before, block)
        shown += _said(block)
        before = block
    return shown


def _merged(blocks: Sequence[Block]) -> list[Block]:
    merged: list[Block] = []
    for block in blocks:
        if not (block.continues and merged):
            merged.append(block)
            continue
        last = merged[-1]
        code = f"{last.code}\n{block.code}" if block.kind is Kind.CODE else ""
        merged[-1] = replace(last, spans=(*last.spans, *block.spans), code=code)
    return merged


def _dedented(blocks: Sequence[Block]) -> list[Block]:
    """Move each list to the left margin: only what its first line is below can indent it."""
    moved: list[Block] = []
    for _, run in groupby(blocks, lambda block: bool(block.lists)):
        margin: int | None = None
        for block in run:
            margin = block.indent if margin is None else min(margin, block.indent)
            moved.append(replace(block, indent=block.indent - margin))
    return moved


def _gap(before: Block, block: Block) -> str:
    if before.quote != block.quote:
        is_close = before.is_heading or block.kind is Kind.HEADING
        return "\n" if is_close else "\n\n"
    is_wide = _is_wide(before, block)
    if block.quote:
        return f"\n{_QUOTE}\n" if is_wide else "\n"
    return "\n\n" if is_wide else "\n"


def _is_wide(before: Block, block: Block) -> bool:
    if before.is_heading or Kind.CODE in {before.kind, block.kind}:
        return False
    if block.lists and before.lists:
        # Discord takes items that follow each other for one list.
        shared = min(len(before.lists), len(block.lists))
        return before.lists[:shared] != block.lists[:shared]
    return block.kind is Kind.TEXT


def _said(block: Block) -> str:
    margin = " " * block.indent
    if block.kind is Kind.CODE:
        lines = ["```" + block.language, *block.code.split("\n"), "```"]
    else:
        first, *others = _text(block).split("\n")
        hanging = margin + " " * len(block.marker)
        lines = [f"{margin}{block.marker}{first}", *(f"{hanging}{line}" for line in others)]
    quote = _QUOTE if block.quote else ""
    return "\n".join(f"{quote}{line}" for line in lines)


def _text(block: Block) -> str:
    text = written(block.spans)
    if block.kind is Kind.HEADING:
        # Discord takes the number signs at its end for a part of the mark.
        line = " ".join(text.split("\n"))
        return f"{line}{ZERO_WIDTH}" if line.endswith("#") else line
    return text or ZERO_WIDTH

"""Cuts a document into pages, each of which a message of Discord takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from adapters.discord.rich.blocks import Block, Kind, markdown
from adapters.discord.rich.cutting import cut, cut_lines

# A page is texts, between two of which is a rule. Discord allows 40 components in a message; a
# text and a rule are two, the others are for what the caller puts above and below.
Page: TypeAlias = tuple[str, ...]
MOST_TEXTS = 12

_MOST_MOVED = 4  # a quarter of a page is moved at most


def pages(blocks: Sequence[Block], most: int) -> list[Page]:
    """Cut blocks into as many pages of at most `most` characters as they need, one at least."""
    full: list[_Filling] = []
    current = _Filling(most)
    for block in _units(blocks, most):
        if not current.takes(block):
            done, current = current.broken_before(block)
            full.append(done)
        current.add(block)
    return [filling.finished() for filling in (*full, current)]


def _units(blocks: Sequence[Block], most: int) -> Iterator[Block]:
    """Cut what is too long for half a page, code only if it is too long for a whole one."""
    for block in blocks:
        if block.kind is Kind.CODE:
            yield from [block] if block.most <= most else _code_parts(block, most // 4)
        elif block.most > most // 2:
            yield from _text_parts(block, most // 2)
        else:
            yield block


def _text_parts(block: Block, room: int) -> Iterator[Block]:
    # Each line takes what stands before it; a part of text has few lines or is much shorter.
    bare = replace(block, spans=()).most
    first, *others = cut(block.spans, room - bare)
    yield replace(block, spans=tuple(first))
    # The rest of a long item has no marker: a second one would promise a second item.
    indent = block.indent + len(block.marker)
    rest = replace(block, kind=Kind.TEXT, marker="", indent=indent, continues=True)
    yield from (replace(rest, spans=tuple(part)) for part in others)


def _code_parts(block: Block, room: int) -> Iterator[Block]:
    parts = [part for part in cut_lines(block.code, room) if part.strip()]
    for number, part in enumerate(parts):
        yield replace(block, code=part, continues=number > 0)


@dataclass(slots=True)
class _Filling:
    """A page that is being filled."""

    most: int
    blocks: list[Block] = field(default_factory=list[Block])
    size: int = 0
    texts: int = 1

    def takes(self, block: Block) -> bool:
        """Say whether a block fits; an empty page takes whatever comes."""
        texts = self.texts + (block.kind is Kind.RULE)
        return not self.blocks or (self.size + block.most <= self.most and texts <= MOST_TEXTS)

    def add(self, block: Block) -> None:
        """Put a block at the end; a rule needs something above it."""
        if block.kind is Kind.RULE and not self.blocks:
            return
        self.blocks.append(block)
        self.size += block.most
        self.texts += block.kind is Kind.RULE

    def broken_before(self, block: Block) -> tuple[_Filling, _Filling]:
        """Return this page and the next, which the block goes into, since it does not fit here.

        The next begins with the last heading here if that is near, or else with what introduces
        the list that the block goes on with.
        """
        begin = self._best_break(block)
        following = self._with(self.blocks[begin:])
        if following.takes(block):
            return self._with(self.blocks[:begin]), following
        return self, _Filling(self.most)

    def finished(self) -> Page:
        """Return the texts."""
        texts: list[list[Block]] = [[]]
        for block in self.blocks:
            if block.kind is Kind.RULE:
                texts.append([])
            else:
                texts[-1].append(block)
        return tuple(markdown(text) for text in texts if text)

    def _best_break(self, block: Block) -> int:
        best, moved, is_below = len(self.blocks), 0, False
        for index in reversed(range(1, len(self.blocks))):
            last = self.blocks[index]
            moved += last.most
            if moved > self.most // _MOST_MOVED or (is_below and not last.is_heading):
                break
            is_below = last.is_heading
            is_introduction = last.kind is Kind.TEXT and not (last.lists or last.continues)
            if is_below or (is_introduction and best == len(self.blocks) and block.lists):
                best = index
        return best

    def _with(self, blocks: Iterable[Block]) -> _Filling:
        filling = _Filling(self.most)
        for block in blocks:
            filling.add(block)
        return filling

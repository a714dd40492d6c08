"""How rich text is laid out: what joins what, and where an empty line stands.

Slack shows each section on a line of its own, without a gap to the next. Its composer therefore
writes paragraphs that follow each other as one section with empty lines in it, and so do we; after
a list, a quote or code an empty line opens the section. These three follow their introduction
directly, and so does the text below a heading of the third level or deeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.slack.rich.elements import (
    CODE,
    LIST,
    QUOTE,
    SECTION,
    Block,
    children,
    holder,
    joined,
    rich_text_block,
    text,
)

_DEEPEST_INDENT = 8
_FIRST_MINOR_HEADING = 3


@dataclass(slots=True)
class _List:
    """An open list; `element` is the one that its next item joins, if nothing comes between."""

    start: int | None
    number: int
    element: Block | None = None


@dataclass(slots=True)
class Composer:
    """Takes the parts of a document in their order, and lays them out as blocks."""

    _blocks: list[Block] = field(default_factory=list[Block])
    _elements: list[Block] = field(default_factory=list[Block])
    _containers: list[_List | None] = field(default_factory=list["_List | None"])
    """What is open around the next part: lists, and None for a quote."""
    _item_is_due: bool = False
    """Whether an item of the innermost list has begun, and waits for its text."""
    _open_text: Block | None = None
    """The section, item or quote that the next paragraph joins."""
    _is_below_minor_heading: bool = False

    def finished(self) -> list[Block]:
        """Return the blocks."""
        self._close_block()
        return self._blocks

    def paragraph(self, elements: list[Block], heading: int = 0) -> None:
        """Add a paragraph or, with its level, a heading."""
        if self._item_is_due:
            self._begin_item(elements)
        elif not elements:
            return
        elif self._open_text is not None:
            gap = self._gap(is_heading=heading > 0)
            children(self._open_text).extend([text(gap), *elements])
        else:
            self._add_text(elements)
        self._is_below_minor_heading = heading >= _FIRST_MINOR_HEADING

    def code(self, content: str) -> None:
        """Add preformatted text; in a quote it gets the quote's border, since none can hold it."""
        self._begin_item()
        self._elements.append(holder(CODE, [text(content)], **self._border()))
        self._open_text = None

    def block(self, block: Block) -> None:
        """Add a block that is no rich text."""
        self._begin_item()
        self._close_block()
        self._blocks.append(block)

    def open_list(self, start: int | None) -> None:
        """Open a list, an ordered one with the number it starts from."""
        self._begin_item()
        self._containers.append(_List(start, start or 0))
        self._open_text = None

    def open_item(self) -> None:
        """Begin an item of the innermost list."""
        self._item_is_due = True

    def close_item(self) -> None:
        """End an item, which may be empty."""
        self._begin_item()
        self._open_text = None

    def open_quote(self) -> None:
        """Open a quote; within another, directly, it is one with it."""
        self._begin_item()
        if not self._is_in_quote():
            self._open_text = None
        self._containers.append(None)

    def close(self) -> None:
        """Close the innermost list or quote."""
        self._containers.pop()
        if not self._is_in_quote():
            self._open_text = None

    def _is_in_quote(self) -> bool:
        return bool(self._containers) and self._containers[-1] is None

    def _gap(self, *, is_heading: bool) -> str:
        is_in_item = bool(self._containers) and self._containers[-1] is not None
        is_close = self._is_below_minor_heading and not is_heading
        return "\n" if is_in_item or is_close else "\n\n"

    def _border(self) -> dict[str, object]:
        return {"border": 1} if None in self._containers else {}

    def _add_text(self, elements: list[Block]) -> None:
        kind = QUOTE if self._is_in_quote() else SECTION
        if kind == SECTION and self._elements:
            elements = [text("\n"), *elements]
        elif self._elements and self._elements[-1]["type"] == QUOTE:
            self._elements.append(holder(SECTION, [text("\n")]))  # or two quotes would be one
        self._open_text = holder(kind, elements)
        self._elements.append(self._open_text)

    def _begin_item(self, elements: Sequence[Block] = ()) -> None:
        """Write the item that is due, if one is, with its text."""
        current = self._containers[-1] if self._containers else None
        if not self._item_is_due or current is None:
            return
        if current.start == 0:  # Slack counts from 1, and an offset adds to it
            elements = [text(f"{current.number}. "), *elements]
        # Slack refuses an item without text: NousResearch/hermes-agent#59621.
        item = holder(SECTION, elements or [text(" ")])
        last = self._elements[-1] if self._elements else None
        if last is None or last is not current.element:
            current.element = last = self._list_element(current)
            self._elements.append(last)
        children(last).append(item)
        current.number += 1
        self._item_is_due = False
        self._open_text = item

    def _list_element(self, current: _List) -> Block:
        depth = sum(container is not None for container in self._containers)
        fields: dict[str, object] = {"style": "bullet", "indent": min(depth - 1, _DEEPEST_INDENT)}
        if current.start:
            fields["style"] = "ordered"
            if current.number > 1:
                fields["offset"] = current.number - 1
        return holder(LIST, [], **fields, **self._border())

    def _close_block(self) -> None:
        for element in self._elements:
            for part in children(element) if element["type"] == LIST else [element]:
                part["elements"] = joined(children(part))
        if self._elements:
            self._blocks.append(rich_text_block(self._elements))
        self._elements = []
        self._open_text = None

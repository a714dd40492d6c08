"""What a message is filled with: paragraphs, list items, pieces of code, tables, other blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.slack.rich.cutting import Room, cut, paragraphs
from adapters.slack.rich.elements import (
    LIST,
    QUOTE,
    SECTION,
    Block,
    children,
    holder,
    number,
    size,
    style_of,
    text_of,
)
from adapters.slack.rich.tables import is_within_limits, preformatted

# A bold line longer than this is no heading, and may stand at the end of a message.
_LONGEST_HEADING = 150


@dataclass(frozen=True, slots=True)
class Unit:
    """An element of rich text, or (`is_block`) a block, that goes into a message whole.

    `lead` are the line breaks before it. One that `joins` continues the element of the one before
    it. A message best begins with one that `starts` something, and does not end with a heading.
    """

    body: Block
    lead: str = ""
    joins: bool = False
    starts: bool = False
    opens_block: bool = False
    is_block: bool = False
    is_heading: bool = False


def units(blocks: Sequence[Block], room: Room, table_json: int) -> Iterator[Unit]:
    """Cut rich text and tables into units of at most `room`; a table that is small stays one."""
    for block in blocks:
        if block["type"] == "rich_text":
            yield from _of_rich_text(block, room)
        elif block["type"] == "table" and not _fits(block, table_json):
            yield from _of_rich_text(preformatted(block), room)
        else:
            yield Unit(block, starts=True, is_block=True)


def _fits(table: Block, most_json: int) -> bool:
    return size(table) <= most_json and is_within_limits(table)


def _of_rich_text(block: Block, room: Room) -> Iterator[Unit]:
    opens_block = True
    lead = ""
    for element in children(block):
        lead += _breaks_only(element)
        for unit in _of_element(element, room):
            yield replace(unit, lead=lead + unit.lead, opens_block=opens_block)
            opens_block, lead = False, ""


def _breaks_only(element: Block) -> str:
    """Return the text of an element that only sets off the next one, as between two quotes."""
    return "" if text_of(element).strip("\n") else text_of(element)


def _of_element(element: Block, room: Room) -> Iterator[Unit]:
    if element["type"] in {SECTION, QUOTE}:
        return _of_text(element, room)
    if element["type"] == LIST:
        return _of_list(element, room)
    return _of_code(element, room)


def _of_text(element: Block, room: Room) -> Iterator[Unit]:
    for paragraph_number, paragraph in enumerate(paragraphs(children(element))):
        for part_number, part in enumerate(cut(paragraph.elements, room)):
            yield Unit(
                {**element, "elements": part.elements},
                lead="" if part_number else paragraph.lead,
                joins=paragraph_number + part_number > 0,
                starts=part_number == 0,
                is_heading=element["type"] == SECTION and _is_heading(part.elements),
            )


def _is_heading(elements: Sequence[Block]) -> bool:
    shown = "".join(map(text_of, elements))
    is_short = "\n" not in shown and len(shown) <= _LONGEST_HEADING
    return is_short and all("bold" in style_of(element) for element in elements)


def _of_list(element: Block, room: Room) -> Iterator[Unit]:
    joins = False
    for count, item in enumerate(children(element), number(element, "offset")):
        first, *others = cut(children(item), room)
        offset = {"offset": count} if element.get("style") == "ordered" and count else {}
        body = {**element, "elements": [{**item, "elements": first.elements}], **offset}
        yield Unit(body, joins=joins)
        # The rest of a long item has no bullet: a second one would promise a second item.
        yield from (Unit(holder(SECTION, part.elements)) for part in others)
        joins = not others


def _of_code(element: Block, room: Room) -> Iterator[Unit]:
    for part_number, part in enumerate(cut(children(element), room, by_lines=True)):
        body = {**element, "elements": part.elements}
        yield Unit(body, part.lead, joins=part_number > 0, starts=part_number == 0)

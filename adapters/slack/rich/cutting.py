"""Cuts the text of rich text at good places, without losing a character that shows."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.slack.rich.elements import Block, size, style_of, text, text_of
from bot.markdown.cutting import WHOLE, is_joined, last_stop

_PARAGRAPH_BREAK = re.compile(r"(\n{2,})")


@dataclass(frozen=True, slots=True)
class Room:
    """What a part may hold at most: characters of text, and characters of compact JSON."""

    text: int
    json: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some inline elements; `lead` are the line breaks between the part before and this one."""

    elements: list[Block]
    lead: str = ""


def paragraphs(elements: Sequence[Block]) -> list[Part]:
    """Split text at its empty lines; line breaks at its end are dropped."""
    parts: list[Part] = []
    current: list[Block] = []
    lead = ""
    for piece in _pieces(elements):
        breaks = _breaks(piece)
        if not breaks or (current and breaks == "\n"):
            current.append(piece)
            continue
        if current:
            parts.append(Part(current, lead))
            current, lead = [], ""
        lead += breaks
    return [*parts, Part(current, lead)] if current else parts


def cut(elements: Sequence[Block], room: Room, *, by_lines: bool = False) -> Iterator[Part]:
    """Cut text into parts that fit: after a line, a sentence or a word, or else between characters.

    Cut by lines, it loses the line breaks that it is cut at; they are the parts' leads.
    """
    waiting = deque(elements)
    lead = ""
    while waiting:
        taken = _take(waiting, room)
        next_lead = ""
        if waiting:
            following = text_of(waiting[0])[:1]
            end = _last_line(taken, following) if by_lines else last_stop(_outline(taken))
            taken, rest = _split(taken, end or _last_character(taken, following))
            waiting.extendleft(reversed(rest))
            next_lead = _drop_line_break(waiting) if by_lines else ""
        yield Part(taken, lead)
        lead = next_lead


def _pieces(elements: Sequence[Block]) -> Iterator[Block]:
    """Split texts so that the line breaks at the beginning of a paragraph are by themselves."""
    for element in elements:
        if element["type"] != "text":
            yield element
            continue
        for piece in _PARAGRAPH_BREAK.split(text_of(element)):
            breaks = len(piece) - len(piece.lstrip("\n"))
            head, tail = _halves(text(piece, style_of(element)), breaks)
            yield from (*head, *tail)


def _breaks(piece: Block) -> str:
    shown = text_of(piece)
    return shown if piece["type"] == "text" and not shown.strip("\n") else ""


def _take(waiting: deque[Block], room: Room) -> list[Block]:
    """Take the elements that fit, and what fits of the first text that does not."""
    taken: list[Block] = []
    while waiting:
        element = waiting.popleft()
        if len(text_of(element)) <= room.text and size(element) < room.json:
            taken.append(element)
            room = _rest(room, element)
        elif element["type"] == "text":
            fitting = _fitting(element, room)
            head, tail = _halves(element, fitting)
            taken += head
            waiting.extendleft(tail)
            break
        elif taken:
            waiting.appendleft(element)
            break
        else:
            waiting.appendleft(_unlinked(element))
    return taken


def _rest(room: Room, element: Block) -> Room:
    return Room(room.text - len(text_of(element)), room.json - size(element) - len(","))


def _fitting(element: Block, room: Room) -> int:
    """Return how many characters of a text fit."""
    most = room.json - size({**element, "text": ""}) - len(",")
    shown = text_of(element)[: max(room.text, 0)]
    while shown and (excess := size(shown) - len('""') - most) > 0:
        shown = shown[: max(len(shown) - (excess + 1) // 2, 0)]  # none takes more than two
    return len(shown)


def _halves(element: Block, position: int) -> tuple[list[Block], list[Block]]:
    shown, style = text_of(element), style_of(element)
    head, tail = shown[:position], shown[position:]
    return [text(head, style)] if head else [], [text(tail, style)] if tail else []


def _unlinked(element: Block) -> Block:
    """Return a link that is too long by itself as text."""
    shown, url = text_of(element), str(element.get("url", ""))
    return text(shown if url in shown else f"{shown} {url}", style_of(element))


def _split(elements: Sequence[Block], position: int) -> tuple[list[Block], list[Block]]:
    head: list[Block] = []
    tail: list[Block] = []
    for element in elements:
        length = len(text_of(element))
        if length <= position:
            head.append(element)
        elif position <= 0:
            tail.append(element)
        else:
            first, second = _halves(element, position)
            head += first
            tail += second
        position -= length
    return head, tail


def _drop_line_break(waiting: deque[Block]) -> str:
    first = waiting.popleft()
    shown = text_of(first)
    if not shown.startswith("\n"):
        waiting.appendleft(first)
        return ""
    waiting.extendleft(_halves(first, 1)[1])
    return "\n"


def _last_line(elements: Sequence[Block], following: str) -> int:
    shown = _outline(elements)
    return len(shown) if following == "\n" else max(shown.rfind("\n", 1), 0)


def _last_character(elements: Sequence[Block], following: str) -> int:
    """Return the end of the text, before a character that `following` would be torn from."""
    shown = _outline(elements) + following
    end = len(shown) - len(following)
    while end > 1 and _are_one(shown[end - 1], shown[end]):
        end -= 1
    return end if end > 1 else len(shown) - len(following)


def _are_one(before: str, after: str) -> bool:
    return before != WHOLE and is_joined(before, after)


def _outline(elements: Sequence[Block]) -> str:
    return "".join(
        text_of(element) if element["type"] == "text" else WHOLE * len(text_of(element))
        for element in elements
    )

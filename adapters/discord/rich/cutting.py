"""Cuts text and code at good places, without losing a character that shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.discord.rich.spans import Span, joined
from adapters.discord.rich.untrusted import size
from bot.markdown.cutting import WHOLE, is_joined, last_stop

_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def cut(spans: Sequence[Span], room: int) -> Iterator[list[Span]]:
    """Cut text into parts of at most `room`, after a line, a sentence, a word or a character."""
    waiting = deque(joined(spans))
    while waiting:
        taken = _take(waiting, room)
        if waiting:
            end = last_stop(_outline(taken)) or _last_character(taken, waiting[0].markdown[:1])
            taken, rest = _split(taken, end)
            waiting.extendleft(reversed(rest))
        yield taken


def cut_lines(content: str, room: int) -> Iterator[str]:
    """Cut code into parts of at most `room`; between two of them a line break is dropped.

    Where a line is too long by itself, it is cut anywhere.
    """
    part: list[str] = []
    left = room
    for line in content.split("\n"):
        for piece in _pieces(line, room):
            length = size(piece) + len("\n")
            if part and length > left:
                yield "\n".join(part)
                part, left = [], room
            part.append(piece)
            left -= length
    yield "\n".join(part)


def _pieces(line: str, room: int) -> Iterator[str]:
    while size(line) >= room:
        end = _whole_characters(line, _fitting(line, room - len("\n")))
        yield line[:end]
        line = line[end:]
    yield line


def _take(waiting: deque[Span], room: int) -> list[Span]:
    """Take the spans that fit, and what fits of the first text that does not."""
    taken: list[Span] = []
    while waiting:
        span = waiting.popleft()
        if span.most <= room:
            taken.append(span)
            room -= span.most
        elif not span.whole:
            signs = replace(span, markdown="").most
            end = _fitting(span.markdown, max(room - signs, 0), breaks=2)
            taken += _half(span, 0, end)
            waiting.extendleft(_half(span, end, None))
            break
        elif taken:
            waiting.appendleft(span)
            break
        else:
            waiting.appendleft(Span(span.whole, span.style))
    return taken


def _fitting(text: str, most: int, *, breaks: int = 1) -> int:
    """Return how many characters of a text fit, if a line break takes `breaks`."""
    shown = text[:most]
    while shown and (excess := size(shown) + (breaks - 1) * shown.count("\n") - most) > 0:
        shown = shown[: len(shown) - (excess + 1) // 2]  # none takes more than two
    return len(shown)


def _half(span: Span, start: int, end: int | None) -> list[Span]:
    markdown = span.markdown[start:end]
    return [replace(span, markdown=markdown)] if markdown else []


def _split(spans: Sequence[Span], position: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    tail: list[Span] = []
    for span in spans:
        length = len(span.markdown)
        if length <= position:
            head.append(span)
        elif position <= 0:
            tail.append(span)
        else:
            head += _half(span, 0, position)
            tail += _half(span, position, None)
        position -= length
    return head, tail


def _last_character(spans: Sequence[Span], following: str) -> int:
    """Return the end of the text, before a character that `following` would be torn from."""
    shown = _outline(spans)
    return _whole_characters(shown + following, len(shown))


def _whole_characters(text: str, end: int) -> int:
    """Return the last place up to `end` where no character, as people see them, is cut."""
    place = end
    while place > 1 and place < len(text) and _are_one(text, place):
        place -= 1
    return place if place > 1 else max(end, 1)


def _are_one(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if before == WHOLE:
        return False
    if before == "\\":
        return _is_escaping(text, place)
    if ord(before) in _FLAG_LETTERS and ord(after) in _FLAG_LETTERS:
        return True
    return is_joined(before, after)


def _is_escaping(text: str, place: int) -> bool:
    """Say whether the backslash before `place` escapes what is there, and is not itself escaped."""
    start = place
    while start > 0 and text[start - 1] == "\\":
        start -= 1
    return (place - start) % 2 == 1


def _outline(spans: Sequence[Span]) -> str:
    return "".join(WHOLE * len(span.markdown) if span.whole else span.markdown for span in spans)

"""Where in a TOML text a key stands; tomllib does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(r"^\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"^\s*([\w.\"'-]+)\s*=")


def line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a key, or of the nearest thing around it that is there."""
    keys = tuple(part for part in place if isinstance(part, str))
    best, depth = 1, 0
    for number, path in _paths(text):
        shared = _shared(path, keys)
        if shared > depth and shared == len(path):
            best, depth = number, shared
    if depth < len(keys):
        return _inline(text, best, keys[-1])
    return best


def _paths(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, (*table, *_parts(assignment[1]))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _shared(path: tuple[str, ...], keys: tuple[str, ...]) -> int:
    count = 0
    for one, other in zip(path, keys, strict=False):
        if one != other:
            break
        count += 1
    return count


def _inline(text: str, start: int, key: str) -> int:
    """Find a key of an inline table at or below a line."""
    written = re.compile(rf"(?<![\w-]){re.escape(key)}[\"']?\s*=")
    for number, line in enumerate(text.splitlines()[start - 1 :], start):
        if written.search(line):
            return number
    return start

"""Where in a TOML text something stands, which tomllib does not tell, and what was meant."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

_HEADER = re.compile(r"^\s*\[(\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"^\s*([\w.\"'-]+)\s*=")


def line_of(text: str, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a key, or of the nearest thing around it that is there.

    A number in a place counts the tables of an array, from 0.
    """
    best, depth = 1, 0
    for number, path in _paths(text):
        shared = _shared(path, place)
        if shared > depth and shared == len(path):
            best, depth = number, shared
    keys = [part for part in place if isinstance(part, str)]
    if keys and any(isinstance(part, str) for part in place[depth:]):
        return _inline(text, best, keys[-1])
    return best


def line_of_fault(text: str, error: tomllib.TOMLDecodeError) -> int:
    """Return the line (from 1) at which a text stops being TOML."""
    # tomllib of Python 3.11 tells the place in its message only: "… (at line 3, column 5)".
    _, _, place = str(error).rpartition("(at line ")
    number, _, _ = place.partition(",")
    return int(number) if number.isdecimal() else text.rstrip().count("\n") + 1


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint at the known name that was probably meant, or at all that are known."""
    near = get_close_matches(name, tuple(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(sorted(known))}."


def _paths(text: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    table: tuple[str | int, ...] = ()
    arrays: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = name = _parts(header[2])
            if header[1]:
                table = (*name, arrays[name])
                arrays[name] += 1
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, (*table, *_parts(assignment[1]))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _shared(path: tuple[str | int, ...], keys: tuple[str | int, ...]) -> int:
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

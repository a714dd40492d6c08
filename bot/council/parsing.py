"""Reading what models wrote: JSON somewhere in a text, and values of unsure type."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from bot.untrusted import clean

_FENCE = re.compile(
    r"^[ \t]*```[ \t]*(?:\w+[ \t]*)?\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_LONGEST_CHARS = 400_000  # a review is a few thousand characters; more is noise
_NOTHING = ("null", "none", "n/a")

Json = Mapping[str, object]


def find_object(text: str, key: str) -> Json | None:
    """Return the JSON object that is the whole text, a fenced block, or between outer braces.

    One with the key is preferred: a text may quote others.
    """
    candidates = map(load_object, _candidates(text[:_LONGEST_CHARS]))
    found = [candidate for candidate in candidates if candidate is not None]
    return next((one for one in found if key in one), found[0] if found else None)


def load_object(text: str) -> Json | None:
    """Return text as a JSON object, None if it is not one."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("Json", value) if isinstance(value, dict) else None


def last_block(text: str) -> tuple[str, Json] | None:
    """Return the text without its last fenced JSON object, and that object; None without one."""
    blocks = list(_FENCE.finditer(text))
    for block in reversed(blocks):
        found = load_object(block[1])
        if found is not None:
            after = text[block.end() :]
            return (text[: block.start()] + after).strip(), found
    return None


def string(value: object, *, limit: int = 4_000) -> str:
    """Return cleaned text, or a number as text; anything else is empty, and so is `null` in words.

    JSON escapes hide characters from a cleaning of the whole.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (str, int, float)):
        return ""
    text = clean(str(value)).strip()
    return "" if text.casefold() in _NOTHING else text[:limit]


def number(value: object, *, low: float, high: float) -> float | None:
    """Return a finite number held within bounds, None if it is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return min(max(parsed, low), high) if math.isfinite(parsed) else None


def strings(value: object, *, most: int) -> tuple[str, ...]:
    """Return the non-empty texts of a list; a single text is a list of one."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    texts = (string(item) for item in items)
    return tuple(text for text in texts if text)[:most]


def objects(value: object) -> Sequence[Json]:
    """Return the JSON objects of a list."""
    if not isinstance(value, list):
        return ()
    return [cast("Json", item) for item in cast("list[object]", value) if isinstance(item, dict)]


def _candidates(text: str) -> Iterator[str]:
    yield text
    for block in _FENCE.finditer(text):
        yield block[1]
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        yield text[start : end + 1]

"""Careful reading of JSON whose shape is a stranger's word."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import cast

Json = Mapping[str, object]

_MOST_TOKENS = 1_000_000_000  # beyond any real request


def load_json(text: str) -> object:
    """Parse JSON, control characters in strings allowed. Raises `ValueError`."""
    try:
        return json.loads(text, strict=False)
    except RecursionError as error:
        message = "nested too deeply"
        raise ValueError(message) from error


def mapping(value: object) -> Json:
    """Return an object as a mapping, empty if it is something else."""
    return cast("Json", value) if isinstance(value, dict) else {}


def items(value: object) -> Sequence[object]:
    """Return an array as a sequence, empty if it is something else."""
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def text(value: object) -> str:
    """Return a string, empty if it is something else."""
    return value if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """Return a plausible number of tokens, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def amount(value: object) -> float | None:
    """Return a non-negative finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def clean(value: str) -> str:
    """Remove NUL and replace lone surrogates: no database and no terminal takes them."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def is_blank(value: str) -> bool:
    """Say whether there is nothing in a text that a person could see."""
    return not any(char.isprintable() and not char.isspace() for char in value)

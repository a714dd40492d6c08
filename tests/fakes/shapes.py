"""JSON from outside, where anything may be anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

Json = dict[str, Any]


def as_object(value: object) -> Json | None:
    """Give the value if it is a JSON object."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """Give the value if it is a JSON array."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def as_flag(value: object) -> bool:
    """Read a boolean in any of the forms that Slack takes: true, "true", 1, "1"."""
    return value in (True, 1) or (isinstance(value, str) and value.lower() in ("1", "true"))


def objects_in(value: object) -> Iterator[Json]:
    """Walk through every object in a document, the outer ones first."""
    if (found := as_object(value)) is not None:
        yield found
        for inner in found.values():
            yield from objects_in(inner)
    for inner in as_list(value) or []:
        yield from objects_in(inner)

"""How our values lie in a column: clean text, times in UTC, structures as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar, cast

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")

_SQL_INTEGER_MAX = 2**63 - 1


def clean(text: str) -> str:
    """Take out what PostgreSQL cannot store: NUL goes, a lone surrogate becomes U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def cleaned(value: T) -> T:
    """Return a domain value with every text in it clean."""
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        return cast("T", clean(value))
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return cast("T", tuple(cleaned(item) for item in items))
    if is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: cleaned(getattr(value, field.name)) for field in fields(value)}
        return cast("T", replace(value, **changes))
    return value


def bounded(number: int | None) -> int | None:
    """Keep a count that a provider made up within what a column can hold."""
    return None if number is None else max(-_SQL_INTEGER_MAX, min(number, _SQL_INTEGER_MAX))


class CleanText(TypeDecorator[str]):
    """Text without what a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in."""
        return None if value is None else clean(value)


class Moment(TypeDecorator[datetime]):
    """A time with its zone, in UTC at rest and when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC on the way in."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back: SQLite forgets it, PostgreSQL answers in the session's."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class Json(TypeDecorator[T]):
    """A domain value as JSON text; fields that an older version did not know get their defaults."""

    impl = Text
    cache_ok = True

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        super().__init__()
        self.adapter = adapter

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        """Write JSON on the way in."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        """Read the value back."""
        return None if value is None else self.adapter.validate_json(value)


def to_json(value: object) -> str:
    """Write a domain value as JSON, cleaned like text; the same value gives the same JSON."""
    text = _dump(value)
    return clean(_dump(cleaned(value)) if "\\u0000" in text else text)


def _dump(value: object) -> str:
    return json.dumps(value, default=_members, ensure_ascii=False, separators=(",", ":"))


def _members(value: object) -> dict[str, object]:
    """Return what a dataclass holds, without descending."""
    if not is_dataclass(value):
        raise TypeError
    return {field.name: getattr(value, field.name) for field in fields(value)}

"""A table of a TOML text, read key by key; what does not fit is refused with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from bot.errors import BadConfig
from bot.lines import line_of, nearest
from bot.untrusted import one_line

_KEY_CHARS = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """A table within a text, and the keys that lead to it. A key that is not there reads as None.

    All methods raise `BadConfig`.
    """

    source: str
    content: Mapping[str, object]
    place: tuple[str | int, ...] = ()

    def check_keys(self, known: Iterable[str]) -> None:
        """Refuse a key that is none of these."""
        known = tuple(known)
        for key in self.content:
            if key not in known:
                meant = nearest(key, known)
                raise self._refused(key, f"unknown key `{one_line(key, _KEY_CHARS)}`{meant}")

    def text(self, key: str) -> str | None:
        """Return a text."""
        value = self.content.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self._refused(key, f"`{key}` must be text in quotes.")

    def needed_text(self, key: str) -> str:
        """Return a text that must be there."""
        value = self.text(key)
        if value is None:
            raise self._refused(key, f"`{key}` is missing.")
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts."""
        value = self.content.get(key)
        if value is None:
            return None
        items = cast("list[object]", value) if isinstance(value, list) else [None]
        texts = tuple(item for item in items if isinstance(item, str))
        if len(texts) < len(items):
            raise self._refused(key, f"`{key}` must be a list of texts in quotes.")
        return texts

    def whole(self, key: str) -> int | None:
        """Return a whole number."""
        value = self.content.get(key)
        # In Python, true and false are whole numbers too.
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise self._refused(key, f"`{key}` must be a whole number.")

    def number(self, key: str) -> float | None:
        """Return a number."""
        value = self.content.get(key)
        if value is None or isinstance(value, float):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refused(key, f"`{key}` must be a number.")
        try:
            return float(value)
        except OverflowError as error:
            raise self._refused(key, f"`{key}` is too large a number.") from error

    def choice(self, key: str, choices: Mapping[str, T]) -> T | None:
        """Return what a word stands for."""
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value in choices:
            return choices[value]
        *some, last = (f'"{word}"' for word in choices)
        raise self._refused(key, f"`{key}` must be {', '.join(some)} or {last}.")

    def table(self, key: str, short: str | None = None) -> Table | None:
        """Return a table within; a text in its place is its key `short`."""
        value = self.content.get(key)
        return None if value is None else self._within(value, (key,), short)

    def tables(self, key: str, short: str | None = None) -> tuple[Table, ...] | None:
        """Return an array of tables within; a text in place of one is its key `short`."""
        value = self.content.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self._refused(key, f"`{key}` must be a list of tables.")
        items = enumerate(cast("list[object]", value))
        return tuple(self._within(item, (key, number), short) for number, item in items)

    def _within(self, value: object, path: tuple[str | int, ...], short: str | None) -> Table:
        if short is not None and isinstance(value, str):
            value = {short: value}
        if not isinstance(value, dict):
            raise self._refused(path[0], f"`{path[0]}` must be a table.")
        return Table(self.source, cast("dict[str, object]", value), (*self.place, *path))

    def _refused(self, key: str | int, sentence: str) -> BadConfig:
        return refused(self.source, (*self.place, key), sentence)


def refused(source: str, place: tuple[str | int, ...], sentence: str) -> BadConfig:
    """Return the error that names the line of a place in a text."""
    return BadConfig(f"Line {line_of(source, place)}: {sentence}")

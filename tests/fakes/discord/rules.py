"""What the rules for payloads are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.fakes.shapes import Json, as_list, as_object

FORM = 50035
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_MEDIA = re.compile(r"(https?|attachment)://[^\s<>]+", re.IGNORECASE)
_SNOWFLAKE = re.compile(r"\d{1,20}")


class Invalid(Exception):  # noqa: N818  it says what happened
    """A rule is broken at a place of the payload; `code` is the one that Discord answers with."""

    def __init__(self, pointer: str, reason: str, code: int = FORM) -> None:
        super().__init__(f"{code}: {pointer}: {reason}")


@dataclass
class Tally:
    """What is counted over a whole message or form."""

    custom_ids: set[str] = field(default_factory=set[str])
    ids: set[int] = field(default_factory=set[int])
    components: int = 0
    characters: int = 0


def need(claim: object, pointer: str, reason: str, code: int = FORM) -> None:
    """Raise Invalid unless the claim holds."""
    if not claim:
        raise Invalid(pointer, reason, code)


def broken(pointer: str, reason: str, code: int = FORM) -> NoReturn:
    """Raise Invalid."""
    raise Invalid(pointer, reason, code)


def need_object(value: object, pointer: str) -> Json:
    found = as_object(value)
    if found is None:
        broken(pointer, "must be an object")
    return found


def need_list(value: object, pointer: str, *, at_least: int = 0, at_most: int) -> list[Any]:
    found = as_list(value)
    if found is None:
        broken(pointer, "must be an array")
    need(at_least <= len(found) <= at_most, pointer, f"not {at_least} to {at_most} items")
    return found


def need_string(value: object, pointer: str, *, at_least: int = 1, at_most: int) -> str:
    """Need a string of a length between the two, in characters; what is around it is trimmed."""
    if not isinstance(value, str):
        broken(pointer, "must be a string")
    length = len(value.strip())
    need(at_least <= length <= at_most, pointer, f"{length} characters, not up to {at_most}")
    return value


def need_number(value: object, pointer: str, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        broken(pointer, "must be a whole number")
    need(least <= value <= most, pointer, f"must be from {least} to {most}")
    return value


def number_in(
    component: Json, name: str, pointer: str, bounds: tuple[int, int], default: int
) -> int:
    """Need a whole number within bounds if there is one, and give it or the default."""
    value = component.get(name)
    if value is None:
        return default
    return need_number(value, f"{pointer}/{name}", least=bounds[0], most=bounds[1])


def need_flag(value: object, pointer: str) -> None:
    need(isinstance(value, bool), pointer, "must be a boolean")


def need_word(value: object, pointer: str, words: Iterable[object]) -> Any:
    known = list(words)
    if value not in known:
        broken(pointer, f"must be one of {sorted(map(str, known))}")
    return value


def need_snowflake(value: object, pointer: str) -> None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    is_text = isinstance(value, str) and _SNOWFLAKE.fullmatch(value)
    need(is_number or is_text, pointer, "is no snowflake")


def need_url(value: object, pointer: str, *, at_most: int = 2048, is_media: bool = False) -> None:
    """Need an address; for media it may also be `attachment://name`."""
    text = need_string(value, pointer, at_most=at_most)
    form = _MEDIA if is_media else _URL
    need(form.fullmatch(text.strip()), pointer, "is no URL")


def optional(component: Json, name: str, pointer: str, *, at_most: int) -> None:
    """Need a string if there is one."""
    if component.get(name) is not None:
        need_string(component[name], f"{pointer}/{name}", at_least=0, at_most=at_most)

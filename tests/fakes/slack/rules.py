"""What the rules of Block Kit are made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, NoReturn

from tests.fakes.shapes import Json, as_list, as_object

TEXT = 3000  # a text object, docs.slack.dev/reference/block-kit/composition-objects/text-object
URL = 3000
ID = 255
_URL = re.compile(r"(https?://[^\s<>]+|mailto:[^\s<>]+)", re.IGNORECASE)
_TS = re.compile(r"\d{10}\.\d{6}")


class Invalid(Exception):  # noqa: N818  it says what happened
    """A rule is broken at a place of the payload; `code` is the error that Slack answers with."""

    def __init__(self, pointer: str, reason: str, code: str = "invalid_blocks") -> None:
        super().__init__(f"{code}: {pointer}: {reason}")
        self.code = code


def need(claim: object, pointer: str, reason: str, code: str = "invalid_blocks") -> None:
    """Raise Invalid unless the claim holds."""
    if not claim:
        raise Invalid(pointer, reason, code)


def broken(pointer: str, reason: str, code: str = "invalid_blocks") -> NoReturn:
    """Raise Invalid."""
    raise Invalid(pointer, reason, code)


def need_object(value: object, pointer: str) -> Json:
    found = as_object(value)
    if found is None:
        broken(pointer, "must be an object")
    return found


def need_list(value: object, pointer: str, *, at_least: int = 1, at_most: int) -> list[Any]:
    found = as_list(value)
    if found is None:
        broken(pointer, "must be an array")
    need(len(found) >= at_least, pointer, f"fewer than {at_least} items")
    need(len(found) <= at_most, pointer, f"more than {at_most} items")
    return found


def need_string(
    value: object, pointer: str, *, at_least: int = 1, at_most: int | None = None
) -> str:
    """Need a string of a length between the two, in characters."""
    if not isinstance(value, str):
        broken(pointer, "must be a string")
    need(len(value) >= at_least, pointer, f"fewer than {at_least} characters")
    if at_most is not None:
        need(len(value) <= at_most, pointer, f"more than {at_most} characters")
    return value


def need_number(value: object, pointer: str, *, least: float = 0, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    need(is_number, pointer, "must be a number")
    assert isinstance(value, int | float)
    need(least <= value <= most, pointer, f"not between {least} and {most}")


def need_word(value: object, pointer: str, allowed: Collection[str]) -> str:
    need(value in allowed, pointer, f"must be one of {', '.join(sorted(allowed))}")
    return str(value)


def need_url(value: object, pointer: str) -> None:
    text = need_string(value, pointer, at_most=URL)
    need(_URL.fullmatch(text), pointer, "must be a URL with http, https or mailto")


def need_ts(value: object, pointer: str, code: str) -> None:
    is_ts = isinstance(value, str) and _TS.fullmatch(value)
    need(is_ts, pointer, "must look like 1700000000.000100", code)


def need_keys(value: Json, pointer: str, allowed: Iterable[str]) -> None:
    """Refuse keys that Slack does not know; it says `invalid additional property`."""
    unknown = sorted(set(value) - set(allowed))
    need(not unknown, pointer, f"invalid additional property: {', '.join(unknown)}")


def need_text(
    value: object,
    pointer: str,
    *,
    kinds: Collection[str] = ("plain_text", "mrkdwn"),
    at_most: int = TEXT,
) -> None:
    """Need a text object, not empty."""
    found = need_object(value, pointer)
    kind = need_word(found.get("type"), f"{pointer}/type", kinds)
    extra = ("emoji",) if kind == "plain_text" else ("verbatim",)
    need_keys(found, pointer, ("type", "text", *extra))
    need_string(found.get("text"), pointer, at_most=at_most)


def need_plain_text(value: object, pointer: str, *, at_most: int = TEXT) -> None:
    need_text(value, pointer, kinds=("plain_text",), at_most=at_most)

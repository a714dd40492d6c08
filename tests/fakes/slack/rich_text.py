"""The rules of rich text: docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.shapes import Json, as_object
from tests.fakes.slack.rules import (
    ID,
    broken,
    need,
    need_keys,
    need_list,
    need_number,
    need_object,
    need_string,
    need_url,
    need_word,
)

MOST_ELEMENTS = 10_000  # no limit is documented; the size of the whole message is one
STYLES = ("bold", "italic", "strike", "code", "underline")
MENTION_STYLES = (*STYLES, "highlight", "client_highlight", "unlink")

# Each element's own keys, the ones it must have first.
_ELEMENTS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "link": ("url",),
    "user": ("user_id",),
    "channel": ("channel_id",),
    "usergroup": ("usergroup_id",),
    "broadcast": ("range",),
    "emoji": ("name",),
    "date": ("timestamp", "format"),
    "color": ("value",),
    "team": ("team_id",),
}
_OPTIONAL: dict[str, tuple[str, ...]] = {
    "link": ("text", "unsafe"),
    "emoji": ("skin_tone", "unicode"),
    "date": ("url", "fallback"),
}


def check_rich_text(block: Json, pointer: str) -> None:
    """Raise Invalid where a rich_text block, or a table's cell of that type, breaks a rule."""
    need_keys(block, pointer, ("type", "elements", "block_id"))
    parts = need_list(block.get("elements"), f"{pointer}/elements", at_most=MOST_ELEMENTS)
    for number, part in enumerate(parts):
        _check_part(need_object(part, pointer), f"{pointer}/elements/{number}")


def _check_part(part: Json, pointer: str) -> None:
    kind = need_word(part.get("type"), f"{pointer}/type", _PARTS)
    _PARTS[kind](part, pointer)


def _check_section(part: Json, pointer: str) -> None:
    need_keys(part, pointer, ("type", "elements"))
    _check_elements(part, pointer, _ELEMENTS)


def _check_preformatted(part: Json, pointer: str) -> None:
    need_keys(part, pointer, ("type", "elements", "border", "language"))
    _check_border(part, pointer)
    _check_elements(part, pointer, ("text", "link"))


def _check_quote(part: Json, pointer: str) -> None:
    need_keys(part, pointer, ("type", "elements", "border"))
    _check_border(part, pointer)
    _check_elements(part, pointer, _ELEMENTS)


def _check_list(part: Json, pointer: str) -> None:
    need_keys(part, pointer, ("type", "elements", "style", "indent", "offset", "border"))
    need_word(part.get("style"), f"{pointer}/style", ("bullet", "ordered"))
    need_number(part.get("indent", 0), f"{pointer}/indent", most=8)
    need_number(part.get("offset", 0), f"{pointer}/offset", most=10**9)
    _check_border(part, pointer)
    items = need_list(part.get("elements"), f"{pointer}/elements", at_most=MOST_ELEMENTS)
    for number, item in enumerate(items):
        place = f"{pointer}/elements/{number}"
        section = need_object(item, place)
        need_word(section.get("type"), f"{place}/type", ("rich_text_section",))
        _check_section(section, place)


_PARTS: dict[str, Callable[[Json, str], None]] = {
    "rich_text_section": _check_section,
    "rich_text_preformatted": _check_preformatted,
    "rich_text_quote": _check_quote,
    "rich_text_list": _check_list,
}


def _check_border(part: Json, pointer: str) -> None:
    need_number(part.get("border", 0), f"{pointer}/border", most=1)


def _check_elements(
    part: Json, pointer: str, allowed: dict[str, tuple[str, ...]] | tuple[str, ...]
) -> None:
    elements = need_list(part.get("elements"), f"{pointer}/elements", at_most=MOST_ELEMENTS)
    for number, element in enumerate(elements):
        place = f"{pointer}/elements/{number}"
        found = need_object(element, place)
        kind = need_word(found.get("type"), f"{place}/type", allowed)
        _check_element(kind, found, place)


def _check_element(kind: str, element: Json, pointer: str) -> None:
    needed, optional = _ELEMENTS[kind], _OPTIONAL.get(kind, ())
    need_keys(element, pointer, ("type", "style", *needed, *optional))
    for name in needed:
        need(name in element, pointer, f"missing required field: {name}")
    _check_style(kind, element, pointer)
    if kind == "date":
        need_number(element["timestamp"], f"{pointer}/timestamp", most=10**11)
        need_string(element["format"], f"{pointer}/format")
    elif kind == "broadcast":
        need_word(element["range"], f"{pointer}/range", ("here", "channel", "everyone"))
    elif kind == "text":
        need_string(element["text"], f"{pointer}/text")
    elif kind != "link":
        need_string(element[needed[0]], f"{pointer}/{needed[0]}", at_most=ID)
    if "url" in element:
        need_url(element["url"], f"{pointer}/url")
    if kind == "link" and "text" in element:
        need_string(element["text"], f"{pointer}/text")


def _check_style(kind: str, element: Json, pointer: str) -> None:
    if "style" not in element:
        return
    style = as_object(element["style"])
    if style is None:
        broken(f"{pointer}/style", "must be an object")
    plain = kind in ("text", "link", "date", "color")
    need_keys(style, f"{pointer}/style", STYLES if plain else MENTION_STYLES)
    for name, value in style.items():
        need(isinstance(value, bool), f"{pointer}/style/{name}", "must be a boolean")

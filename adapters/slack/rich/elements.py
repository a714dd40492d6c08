"""What Block Kit's rich text is made of, as plain JSON: elements that show their text literally.

None of them mentions anybody and none is mrkdwn, so no text can become markup.
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import cast

Block = dict[str, object]

SECTION = "rich_text_section"
LIST = "rich_text_list"
CODE = "rich_text_preformatted"
QUOTE = "rich_text_quote"


def text(content: str, style: Iterable[str] = ()) -> Block:
    """Return a text element; `style` holds any of bold, italic, strike and code."""
    return _styled({"type": "text", "text": content}, style)


def link(url: str, content: str, style: Iterable[str] = ()) -> Block:
    """Return a link that shows `content`."""
    return _styled({"type": "link", "url": url, "text": content}, style)


def holder(kind: str, elements: Sequence[Block], **fields: object) -> Block:
    """Return an element or a block of `kind` that holds others."""
    return {"type": kind, "elements": list(elements), **fields}


def rich_text_block(elements: Sequence[Block]) -> Block:
    """Return a block of rich text."""
    return holder("rich_text", elements)


def children(element: Block) -> list[Block]:
    """Return what an element or a block holds: the list itself, not a copy."""
    return cast("list[Block]", element["elements"])


def rows_of(table: Block) -> list[list[Block]]:
    """Return the rows of a table block, each a list of cells."""
    return cast("list[list[Block]]", table["rows"])


def number(element: Block, field: str) -> int:
    """Return a number of an element, such as its indent, or 0."""
    return cast("int", element.get(field, 0))


def text_of(element: Block) -> str:
    """Return the visible text of an element and of all that it holds."""
    if "elements" in element:
        return "".join(map(text_of, children(element)))
    return str(element.get("text", ""))


def style_of(element: Block) -> frozenset[str]:
    """Return the names of an inline element's styles."""
    return frozenset(cast("dict[str, bool]", element.get("style", {})))


def is_plain(element: Block) -> bool:
    """Say whether an inline element is text without a style."""
    return element["type"] == "text" and "style" not in element


def joined(elements: Sequence[Block]) -> list[Block]:
    """Return the elements with neighbouring texts of one style as one, and none that is empty."""
    result: list[Block] = []
    for (is_text, style), run in groupby(elements, _likeness):
        if not is_text:
            result.extend(run)
        elif content := "".join(map(text_of, run)):
            result.append(text(content, style))
    return result


def size(value: object) -> int:
    """Return the length of `value` as compact JSON, in characters, as Slack receives it."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _styled(element: Block, style: Iterable[str]) -> Block:
    names = sorted(style)
    return {**element, "style": dict.fromkeys(names, True)} if names else element


def _likeness(element: Block) -> tuple[bool, frozenset[str]]:
    return element["type"] == "text", style_of(element)

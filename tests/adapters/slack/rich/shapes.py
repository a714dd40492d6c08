"""Rich text in short, and ways to look into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast
from urllib.parse import unquote

from adapters.slack.rich.elements import Block, children
from adapters.slack.rich.richtext import rich_text

SECTION, LIST = "rich_text_section", "rich_text_list"
CODE, QUOTE = "rich_text_preformatted", "rich_text_quote"


def t(content: str, *style: str) -> Block:
    return {
        "type": "text",
        "text": content,
        **({"style": dict.fromkeys(style, True)} if style else {}),
    }


def a(url: str, content: str, *style: str) -> Block:
    return {**t(content, *style), "type": "link", "url": url}


def element(kind: str, *elements: Block | str, **fields: object) -> Block:
    inner = [t(each) if isinstance(each, str) else each for each in elements]
    return {"type": kind, "elements": inner, **fields}


def section(*elements: Block | str) -> Block:
    return element(SECTION, *elements)


def bullets(*items: Block | str, indent: int = 0, style: str = "bullet", **fields: object) -> Block:
    inner = [section(item) if isinstance(item, str) else item for item in items]
    return element(LIST, *inner, style=style, indent=indent, **fields)


def parts(markdown: str) -> list[Block]:
    """Return the elements of Markdown that is rich text alone."""
    (block,) = rich_text(markdown)
    assert block["type"] == "rich_text"
    return children(block)


def line(markdown: str) -> list[Block]:
    """Return the inline elements of Markdown that is one section."""
    (only,) = parts(markdown)
    assert only["type"] == SECTION
    return children(only)


def everything_in(value: object) -> Iterator[Block]:
    """Give every element in blocks, however deep."""
    if isinstance(value, dict):
        found = cast("Block", value)
        yield from [found] if "type" in found else []
        for inner in found.values():
            yield from everything_in(inner)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from everything_in(inner)


def shown_in(blocks: list[Block]) -> Iterator[str]:
    """Give what is visible of blocks, and where links lead, in order."""
    for each in everything_in(blocks):
        yield str(each.get("text", ""))
        yield unquote(str(each.get("url", "")))

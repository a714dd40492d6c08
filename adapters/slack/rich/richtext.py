"""Markdown of models and people as rich text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from adapters.slack.rich.composer import Composer
from adapters.slack.rich.elements import Block, is_plain, text, text_of
from adapters.slack.rich.inlines import inlines
from adapters.slack.rich.tables import table
from bot.markdown.parsing import parse
from bot.untrusted import harmless

_LANGUAGE = re.compile(r"[\w+#.-]{1,20}")
_TASK = re.compile(r"\[([ xX])\](?=\s|$)")


def rich_text(markdown: str) -> list[Block]:
    """Return untrusted Markdown as blocks: rich text, tables and dividers; none if it is empty."""
    writer = _Writer()
    tokens = parse(harmless(markdown))
    position = 0
    while position < len(tokens):
        position = writer.write(tokens, position)
    return writer.composer.finished()


@dataclass(slots=True)
class _Writer:
    composer: Composer = field(default_factory=Composer)
    heading: int = 0
    begins_item: bool = False

    def write(self, tokens: Sequence[Token], position: int) -> int:
        """Write the token at `position`, or a whole table, and return the position after it."""
        token = tokens[position]
        if token.type == "table_open":
            end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
            self.table(tokens[position : end + 1])
            return end + 1
        handler = _HANDLERS.get(token.type)
        if handler is not None:
            handler(self, token)
        is_opening = self.begins_item and token.type == "paragraph_open"
        self.begins_item = is_opening or token.type == "list_item_open"
        return position + 1

    def table(self, tokens: Sequence[Token]) -> None:
        block = table(tokens)
        if block["type"] == "table":
            self.composer.block(block)
        else:
            self.composer.code(text_of(block))

    def rule(self, _token: Token) -> None:
        self.composer.block({"type": "divider"})

    def open_heading(self, token: Token) -> None:
        self.heading = int(token.tag.removeprefix("h"))

    def close_heading(self, _token: Token) -> None:
        self.heading = 0

    def inline(self, token: Token) -> None:
        elements = inlines(token.children or [], "bold" if self.heading else "")
        if self.begins_item:
            elements = _with_box(elements)
        self.composer.paragraph(elements, self.heading)

    def code(self, token: Token) -> None:
        content, info = token.content.rstrip("\n"), token.info.strip()
        if info and not (content.strip() and _LANGUAGE.fullmatch(info)):
            content = f"{info}\n{content}".rstrip("\n")  # a broken fence may hold real text there
        if content.strip():
            self.composer.code(content)

    def open_list(self, token: Token) -> None:
        is_ordered = token.type == "ordered_list_open"
        self.composer.open_list(int(token.attrs.get("start", 1)) if is_ordered else None)

    def open_item(self, _token: Token) -> None:
        self.composer.open_item()

    def close_item(self, _token: Token) -> None:
        self.composer.close_item()

    def open_quote(self, _token: Token) -> None:
        self.composer.open_quote()

    def close(self, _token: Token) -> None:
        self.composer.close()


def _with_box(elements: list[Block]) -> list[Block]:
    """Return an item's text with the box of a task, if it is one."""
    first = text_of(elements[0]) if elements and is_plain(elements[0]) else ""
    found = _TASK.match(first)
    if found is None:
        return elements
    box = "☐" if found[1] == " " else "☑"
    return [text(box + first[found.end() :]), *elements[1:]]


_HANDLERS: dict[str, Callable[[_Writer, Token], None]] = {
    "blockquote_close": _Writer.close,
    "blockquote_open": _Writer.open_quote,
    "bullet_list_close": _Writer.close,
    "bullet_list_open": _Writer.open_list,
    "code_block": _Writer.code,
    "fence": _Writer.code,
    "heading_close": _Writer.close_heading,
    "heading_open": _Writer.open_heading,
    "hr": _Writer.rule,
    "inline": _Writer.inline,
    "list_item_close": _Writer.close_item,
    "list_item_open": _Writer.open_item,
    "ordered_list_close": _Writer.close,
    "ordered_list_open": _Writer.open_list,
}

"""Markdown of models and people as blocks that Discord can show."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from adapters.discord.rich.blocks import Block, Kind
from adapters.discord.rich.inlines import inlines
from adapters.discord.rich.spans import BOLD, Span
from adapters.discord.rich.tables import table
from adapters.discord.rich.untrusted import in_fence
from bot.markdown.parsing import parse
from bot.untrusted import harmless

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,20}")  # as Discord knows it
_TASK = re.compile(r"\\\[([ xX])\](?=\s|$)")
# The largest heading is left to the messages' own; the fourth level and deeper are bold lines.
_HEADINGS = {1: "## ", 2: "## ", 3: "### "}
_LONGEST_HEADING = 200
_DEEPEST_LIST = 10  # Discord shows eleven levels


def document(markdown: str) -> list[Block]:
    """Return untrusted Markdown as blocks; none if there is nothing to see."""
    writer = _Writer()
    tokens = parse(harmless(markdown))
    position = 0
    while position < len(tokens):
        position = writer.write(tokens, position)
    return writer.blocks


@dataclass(slots=True)
class _List:
    """An open list; `counter` is the next item's number, None if they have none."""

    counter: int | None
    indent: int
    number: int
    counts_in_text: bool = False

    @property
    def marker(self) -> str:
        return "- " if self.counter is None or self.counts_in_text else f"{self.counter}. "


@dataclass(slots=True)
class _Writer:
    blocks: list[Block] = field(default_factory=list[Block])
    containers: list[_List | None] = field(default_factory=list["_List | None"])
    """What is open: lists, and None for a quote."""
    quotes: int = 0
    lists: int = 0
    heading: int = 0
    item_is_due: bool = False
    """Whether an item of the innermost list has begun, and waits for its text."""

    def write(self, tokens: Sequence[Token], position: int) -> int:
        """Write the token at `position`, or a whole table, and return the position after it."""
        token = tokens[position]
        if token.type == "table_open":
            end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
            self.begin_item()
            self.lists += 1
            blocks = table(tokens[position : end + 1], self.lists)
            self.blocks += [self.placed(block) for block in blocks]
            return end + 1
        handler = _HANDLERS.get(token.type)
        if handler is not None:
            handler(self, token)
        return position + 1

    def rule(self, _token: Token) -> None:
        self.begin_item()
        self.blocks.append(Block(Kind.RULE))

    def open_heading(self, token: Token) -> None:
        self.heading = int(token.tag.removeprefix("h"))

    def close_heading(self, _token: Token) -> None:
        self.heading = 0

    def inline(self, token: Token) -> None:
        spans = inlines(token.children or [], BOLD if self.heading else "")
        if self.item_is_due:
            self.begin_item(spans)
        elif spans:
            self.blocks.append(self.placed(self.paragraph(spans)))

    def paragraph(self, spans: Sequence[Span]) -> Block:
        is_small = sum(len(span.markdown) for span in spans) <= _LONGEST_HEADING
        if self.heading in _HEADINGS and not self.containers and is_small:
            plain = tuple(replace(span, style=span.style - {BOLD}) for span in spans)
            return Block(Kind.HEADING, plain, marker=_HEADINGS[self.heading])
        return Block(Kind.TEXT, tuple(spans), is_title=self.heading > 0 and is_small)

    def code(self, token: Token) -> None:
        content, language = token.content.rstrip("\n"), token.info.strip()
        if language and not (content.strip() and _LANGUAGE.fullmatch(language)):
            # A broken fence may hold real text there.
            content, language = f"{language}\n{content}".rstrip("\n"), ""
        content = content.lstrip("\n") if content.strip() else ""
        if content:
            self.begin_item()
            block = Block(Kind.CODE, code=in_fence(content), language=language)
            self.blocks.append(self.placed(block))

    def open_list(self, token: Token) -> None:
        self.begin_item()
        above = self.open_lists()
        indent = self.hanging() if len(above) < _DEEPEST_LIST else above[-1].indent
        start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else None
        self.lists += 1
        # Discord counts from 1.
        self.containers.append(_List(start, indent, self.lists, counts_in_text=start == 0))

    def open_item(self, _token: Token) -> None:
        self.item_is_due = True

    def close_item(self, _token: Token) -> None:
        self.begin_item()
        current = self.open_lists()[-1]
        if current.counter is not None:
            current.counter += 1

    def open_quote(self, _token: Token) -> None:
        if not any(each is None for each in self.containers):
            self.quotes += 1
        self.containers.append(None)

    def close(self, _token: Token) -> None:
        self.containers.pop()

    def begin_item(self, spans: Sequence[Span] = ()) -> None:
        """Write the item that is due, if one is, with its text."""
        if not self.item_is_due:
            return
        self.item_is_due = False
        current = self.open_lists()[-1]
        said = _with_box(spans)
        if self.is_quote_in_list():
            said = [Span("> "), *said]
        if current.counts_in_text:
            said = [Span(f"{current.counter}. "), *said]
        block = Block(Kind.ITEM, tuple(said), marker=current.marker)
        placed = self.placed(block)
        self.blocks.append(replace(placed, indent=current.indent))

    def placed(self, block: Block) -> Block:
        """Return a block where it stands: below an item's text, in a quote, or both."""
        if block.kind is Kind.TEXT and self.is_quote_in_list():
            block = replace(block, spans=(Span("> "), *block.spans))
        if block.kind in {Kind.TEXT, Kind.ITEM}:
            lists = tuple(each.number for each in self.open_lists())
            block = replace(block, indent=self.hanging(), lists=(*lists, *block.lists))
        return replace(block, quote=self.quote())

    def open_lists(self) -> list[_List]:
        return [each for each in self.containers if each is not None]

    def hanging(self) -> int:
        """Return the column where the text of the innermost list's items begins."""
        lists = self.open_lists()
        return lists[-1].indent + len(lists[-1].marker) if lists else 0

    def quote(self) -> int:
        """Return the number of the quote; Discord has none in a list, and none in another."""
        return self.quotes if self.containers and self.containers[0] is None else 0

    def is_quote_in_list(self) -> bool:
        return bool(self.containers) and self.containers[-1] is None and not self.quote()


def _with_box(spans: Sequence[Span]) -> list[Span]:
    """Return an item's text with the box of a task, if it is one."""
    first = spans[0] if spans else Span("")
    found = None if first.whole or first.style else _TASK.match(first.markdown)
    if found is None:
        return list(spans)
    box = "☐" if found[1] == " " else "☑"
    return [Span(box + first.markdown[found.end() :]), *spans[1:]]


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

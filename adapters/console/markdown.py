"""Markdown of models for the terminal: nothing hidden, nothing that a light background swallows."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich import markdown
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

# HTML is shown as the text it is: rich drops it, and `List<int>` with it.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


class Markdown(markdown.Markdown):
    """A model's Markdown; link targets are written out, so that none hides behind its text."""

    def __init__(self, text: str) -> None:
        super().__init__("", hyperlinks=False)
        self.markup = text
        self.parsed = _PARSER.parse(text)


def split_blocks(text: str) -> tuple[str, str]:
    """Split streamed Markdown into its finished blocks and the last one, which may still grow."""
    starts = [
        token.map[0]
        for token in _PARSER.parse(text)
        if token.level == 0 and token.map is not None and token.nesting >= 0
    ]
    lines = text.splitlines(keepends=True)
    last = starts[-1] if starts else 0
    return "".join(lines[:last]), "".join(lines[last:])


class _Heading(markdown.Heading):
    """A heading at the left, as in the other messages."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _CodeBlock(markdown.CodeBlock):
    """Code in one colour of the terminal's own palette; pygments' themes assume a background."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = Text(str(self.text).rstrip(), style="markdown.code_block")
        yield Padding(code, (0, 0, 0, 4))


Markdown.elements = {
    **markdown.Markdown.elements,
    "heading_open": _Heading,
    "fence": _CodeBlock,
    "code_block": _CodeBlock,
}

"""Markdown as models write it, read so that no part of it is lost."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from bot.markdown.links import target

# The parser drops what is nested deeper than its own bound; ours comes first and keeps it as text.
# A list costs two levels, and neither Slack nor Discord shows more than eleven.
_DEEPEST = 30
_PARSER_BOUND = _DEEPEST + 10

# As Pandoc tells a formula from prices: no space inside the signs, no digit after the second.
_FORMULA = re.compile(
    r"\$\$(?:[^$\\]|\\.){1,1000}\$\$"
    r"|\$(?![\s$])(?:[^$\n`\\]|\\.){1,400}(?<!\s)\$(?!\d)"
    r"|\\\((?:[^\\]|\\[^()]){1,1000}\\\)"
    r"|\\\[(?:[^\\]|\\[^\[\]]){1,1000}\\\]",
    re.DOTALL,
)


def parse(markdown: str) -> list[Token]:
    """Return the tokens of harmless Markdown; a table's first one carries its source."""
    return _PARSER.parse(markdown)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name for it
        """Keep every other link as the text it is written with."""
        return target(url) is not None


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": _PARSER_BOUND})
    parser.enable(["strikethrough", "table"])
    # "[1]: https://source.example" is a line that readers want to see.
    parser.disable("reference")
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("table", "too_deep", _too_deep)
    parser.inline.ruler.before("escape", "formula", _formula)
    return parser


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - a rule
    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    if not silent:
        state.tokens[first].content = state.getLines(
            start, state.line, state.blkIndent, keepLastLF=False
        )
    return True


def _too_deep(state: StateBlock, start: int, end: int, _silent: bool) -> bool:  # noqa: FBT001
    if state.level < _DEEPEST:
        return False
    line = start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    state.line = line
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, line, state.blkIndent, keepLastLF=False).strip()
    inline.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _formula(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("text", "", 0).content = found[0]
    state.pos = found.end()
    return True


_PARSER = _parser()

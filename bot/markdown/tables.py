"""What the parser says of a table, and what it leaves unsaid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
_EDGE_PIPES = re.compile(r"^\||(?<!\\)\|$")


def row_tokens(tokens: Sequence[Token]) -> list[list[tuple[Token, Token]]]:
    """Return the cells of a table's tokens by rows, each as its opening and its text."""
    rows: list[list[tuple[Token, Token]]] = []
    for opening, token in pairwise(tokens):
        if opening.type == "tr_open":
            rows.append([])
        if token.type == "inline":
            rows[-1].append((opening, token))
    return rows


def widest_row(source: str) -> int:
    """Return the cells of the longest row in a source: the parser drops what the head has not."""
    rows = (_EDGE_PIPES.sub("", line.strip()) for line in source.split("\n"))
    return max(len(_UNESCAPED_PIPE.findall(row)) + 1 for row in rows)


def shown_width(shown: str) -> int:
    """Return the columns that text takes: two for wide East Asian characters, none for marks."""
    if shown.isascii():
        return len(shown)
    return sum(map(_character_width, shown))


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

"""The text within a paragraph, as runs of one style each: words, code and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markdown_it.token import Token

from bot.untrusted import harmless

BOLD, ITALIC, STRIKE, CODE = "bold", "italic", "strike", "code"
_STYLES = {"strong": BOLD, "em": ITALIC, "s": STRIKE}


@dataclass(frozen=True, slots=True)
class Run:
    """Harmless text in one style; a link shows its label, and `url` is where it leads."""

    text: str
    style: frozenset[str]
    url: str = ""


def runs(tokens: Sequence[Token], style: str = "") -> list[Run]:
    """Return the runs of inline tokens, all of them in `style` as well, if there is one."""
    read = enumerate(_read(tokens, frozenset({style} - {""})))
    # Text is one however it was parsed; a link is one by itself.
    likeness = groupby(read, lambda each: (each[1].style, each[0] if each[1].url else None))
    joined: list[Run] = []
    for (run_style, _), same in likeness:
        parts = [run for _, run in same]
        text = harmless("".join(run.text for run in parts))
        if text:
            joined.append(Run(text, run_style, parts[0].url))
    return joined


def _read(tokens: Sequence[Token], outer: frozenset[str]) -> list[Run]:
    runs: list[Run] = []
    open_styles = Counter(outer)
    links: list[tuple[int, Token]] = []
    for token in tokens:
        style = frozenset(+open_styles)
        kind = token.type.rpartition("_")[0]
        if kind in _STYLES:
            open_styles[_STYLES[kind]] += token.nesting
        elif token.type == "link_open":
            links.append((len(runs), token))
        elif token.type == "link_close":
            start, opening = links.pop()
            runs[start:] = _linked(runs[start:], opening, style)
        elif token.type == "image":
            runs += _linked(_read(token.children or [], style), token, style)
        else:
            runs.append(_run(token, style))
    return runs


def _run(token: Token, style: frozenset[str]) -> Run:
    if token.type in {"softbreak", "hardbreak"}:
        return Run("\n", style)
    if token.type == "code_inline":
        return Run(token.content, style | {CODE})
    return Run(token.content, style)


def _linked(parts: list[Run], opening: Token, style: frozenset[str]) -> list[Run]:
    """Return a link or an image that shows `parts`; an image in it is a link of its own."""
    url = str(opening.attrs.get("href", opening.attrs.get("src")))
    if not url:  # `numbers[0]()` is a link to the parser
        bracket = "![" if opening.type == "image" else "["
        return [Run(bracket, style), *parts, Run("]()", style)]
    runs: list[Run] = []
    for is_other, group in groupby(parts, lambda part: bool(part.url)):
        same = list(group)
        runs += same if is_other else _link(same, url)
    if all(run.url != url for run in runs):
        runs.append(Run(url, style, url))
    title = str(opening.attrs.get("title", ""))
    return [*runs, Run(f" “{title}”", style)] if title else runs


def _link(parts: list[Run], url: str) -> list[Run]:
    label = " ".join(harmless("".join(part.text for part in parts)).split())
    shared = frozenset[str].intersection(*(part.style for part in parts))
    return [Run(label, shared, url)] if label else []

"""The text within a paragraph: styles, code and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markdown_it.token import Token

from adapters.slack.rich.elements import Block, link, text
from adapters.slack.rich.links import labelled, split_urls
from bot.untrusted import harmless

_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    style: frozenset[str]
    url: str = ""


def inlines(tokens: Sequence[Token], style: str = "") -> list[Block]:
    """Return the elements of inline tokens, all of them in `style` as well, if there is one."""
    runs = _runs(tokens, frozenset({style} - {""}))
    return [
        element
        for (run_style, url), same in groupby(runs, lambda run: (run.style, run.url))
        for element in _elements(_Run("".join(run.text for run in same), run_style, url))
    ]


def _runs(tokens: Sequence[Token], outer: frozenset[str]) -> list[_Run]:
    runs: list[_Run] = []
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
            runs += _linked(_runs(token.children or [], style), token, style)
        else:
            runs.append(_run(token, style))
    return runs


def _run(token: Token, style: frozenset[str]) -> _Run:
    if token.type in {"softbreak", "hardbreak"}:
        return _Run("\n", style)
    if token.type == "code_inline":
        return _Run(token.content, style | {"code"})
    return _Run(token.content, style)


def _linked(parts: list[_Run], opening: Token, style: frozenset[str]) -> list[_Run]:
    """Return a link or an image that shows `parts`; an image in it is a link of its own."""
    url = str(opening.attrs.get("href", opening.attrs.get("src")))
    if not url:  # `numbers[0]()` is a link to the parser
        bracket = "![" if opening.type == "image" else "["
        return [_Run(bracket, style), *parts, _Run("]()", style)]
    runs: list[_Run] = []
    for is_other, group in groupby(parts, lambda part: bool(part.url)):
        same = list(group)
        runs += same if is_other else _link(same, url)
    if all(run.url != url for run in runs):
        runs.append(_Run(url, style, url))
    title = str(opening.attrs.get("title", ""))
    return [*runs, _Run(f" “{title}”", style)] if title else runs


def _link(parts: list[_Run], url: str) -> list[_Run]:
    label = harmless("".join(part.text for part in parts)).strip()
    shared = frozenset[str].intersection(*(part.style for part in parts))
    return [_Run(labelled(label, url), shared, url)] if label else []


def _elements(run: _Run) -> list[Block]:
    run = replace(run, text=harmless(run.text))
    if run.url:
        return [link(run.url, run.text, run.style)]
    if "code" in run.style:
        return [text(run.text, run.style)] if run.text else []
    return [
        link(url, labelled(part, url), run.style) if url else text(part, run.style)
        for part, url in split_urls(run.text)
    ]

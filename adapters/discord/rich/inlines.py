"""The text within a paragraph: styles, code and links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markdown_it.token import Token

from adapters.discord.rich.links import (
    is_label,
    is_mail,
    is_written_out,
    names_only,
    split_urls,
    target,
)
from adapters.discord.rich.spans import BOLD, ITALIC, STRIKE, Span
from adapters.discord.rich.untrusted import address, in_code, inline, masked
from bot.untrusted import harmless

_STYLES = {"strong": BOLD, "em": ITALIC, "s": STRIKE}
_CODE = "`"
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    style: frozenset[str]
    url: str = ""


def inlines(tokens: Sequence[Token], style: str = "") -> list[Span]:
    """Return the spans of inline tokens, all of them in `style` as well, if there is one."""
    runs = enumerate(_runs(tokens, frozenset({style} - {""})))
    # Text is one however it was parsed; a link is one by itself.
    likeness = groupby(runs, lambda each: (each[1].style, each[0] if each[1].url else None))
    spans: list[Span] = []
    for (run_style, _), same in likeness:
        parts = [run for _, run in same]
        spans += _spans(_Run("".join(run.text for run in parts), run_style, parts[0].url))
    return spans


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
        return _Run(token.content, style | {_CODE})
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
    label = " ".join(harmless("".join(part.text for part in parts)).split())
    shared = frozenset[str].intersection(*(part.style for part in parts))
    return [_Run(label, shared, url)] if label else []


def _spans(run: _Run) -> list[Span]:
    run = replace(run, text=harmless(run.text))
    if not run.text:
        return []
    if run.url:
        return [_link_span(run)]
    if _CODE in run.style:
        return [_code_span(run)]
    return [
        _whole(address(part), inline(part), run.style) if url else Span(inline(part), run.style)
        for part, url in split_urls(run.text)
    ]


def _link_span(run: _Run) -> Span:
    """Return a link; after its label stands where it leads, unless the label says only that."""
    label, url = run.text, run.url
    name = target(url) or url
    says_it = names_only(label, name)
    if is_mail(url):
        return Span(inline(label if says_it else f"{label} ({name})"), run.style - {_CODE})
    if is_written_out(label, url):
        return _whole(address(url), inline(label), run.style)
    source = inline(f"{label} ({url})")
    if not is_label(label):
        return _whole(f"{inline(label)} ({address(url)})", source, run.style)
    shown = masked(f"`{label}`" if _CODE in run.style else label, url)
    place = inline(name.removeprefix("www."))
    return _whole(shown if says_it else f"{shown} ({place})", source, run.style)


def _code_span(run: _Run) -> Span:
    """Return code; Discord takes three backticks for a block, so such code is shown as text."""
    content = in_code(run.text)
    ticks = {len(found) for found in _TICKS.findall(content)}
    if ticks and (max(ticks) > 2 or len(ticks) > 1):  # noqa: PLR2004 - one or two
        return Span(inline(content), run.style - {_CODE})
    fence = "``" if 1 in ticks else "`"
    before = " " if content.startswith("`") else ""
    after = " " if content.endswith("`") else ""
    markdown = f"{fence}{before}{content}{after}{fence}"
    return _whole(markdown, inline(run.text), run.style)


def _whole(markdown: str, source: str, style: frozenset[str]) -> Span:
    """Return what is not cut; without a style whose sign in it would end that style."""
    signs = frozenset(sign for sign in style - {_CODE} if sign[0] not in markdown)
    return Span(markdown, signs, source)

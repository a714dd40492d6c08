"""The text within a paragraph: styles, code and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it.token import Token

from adapters.discord.rich.links import is_label, is_mail
from adapters.discord.rich.spans import BOLD, ITALIC, STRIKE, Span
from adapters.discord.rich.untrusted import address, in_code, inline, masked
from bot.markdown import runs
from bot.markdown.links import is_written_out, names_only, split_urls, target
from bot.markdown.runs import Run

_CODE = "`"
_SIGNS = {runs.BOLD: BOLD, runs.ITALIC: ITALIC, runs.STRIKE: STRIKE, runs.CODE: _CODE}
_TICKS = re.compile("`+")


def inlines(tokens: Sequence[Token], style: str = "") -> list[Span]:
    """Return the spans of inline tokens, all of them in `style` as well, if there is one."""
    spans: list[Span] = []
    for run in runs.runs(tokens):
        signs = {*(_SIGNS[name] for name in run.style), *({style} - {""})}
        spans += _spans(replace(run, style=frozenset(signs)))
    return spans


def _spans(run: Run) -> list[Span]:
    if run.url:
        return [_link_span(run)]
    if _CODE in run.style:
        return [_code_span(run)]
    return [
        _whole(address(part), inline(part), run.style) if url else Span(inline(part), run.style)
        for part, url in split_urls(run.text)
    ]


def _link_span(run: Run) -> Span:
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


def _code_span(run: Run) -> Span:
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

"""The text within a paragraph: styles, code and links."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from adapters.slack.rich.elements import Block, link, text
from adapters.slack.rich.links import labelled
from bot.markdown.links import split_urls
from bot.markdown.runs import CODE, Run, runs


def inlines(tokens: Sequence[Token], style: str = "") -> list[Block]:
    """Return the elements of inline tokens, all of them in `style` as well, if there is one."""
    return [element for run in runs(tokens, style) for element in _elements(run)]


def _elements(run: Run) -> list[Block]:
    if run.url:
        return [link(run.url, labelled(run.text, run.url), run.style)]
    if CODE in run.style:
        return [text(run.text, run.style)]
    return [
        link(url, labelled(part, url), run.style) if url else text(part, run.style)
        for part, url in split_urls(run.text)
    ]

"""Ways to look at what becomes of Markdown."""

from __future__ import annotations

from urllib.parse import unquote

from adapters.discord.rich.document import document
from adapters.discord.rich.pages import pages
from tests.adapters.discord.rich.reading import Node, everything_in, read

ROOM = 3_800
ZW = "\u200b"


def said(markdown: str) -> str:
    """Return Markdown that is one text as Discord's Markdown."""
    (page,) = pages(document(markdown), ROOM)
    (text,) = page
    return text


def seen(markdown: str) -> str:
    """Return what is visible of Markdown, and where its links lead, in order."""
    texts = [text for page in pages(document(markdown), ROOM) for text in page]
    nodes = [node for text in texts for node in everything_in(read(text))]
    return "".join(f"{node.text}{_extra(node)}" for node in nodes)


def _extra(node: Node) -> str:
    return unquote(node.more) if node.kind in {"link", "preview", "fence", "list"} else ""

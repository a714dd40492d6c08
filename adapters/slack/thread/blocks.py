"""The parts of Slack messages that are ours. What is untrusted in them is escaped.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from adapters.slack.rich.untrusted import escaped
from bot.untrusted import one_line

Block: TypeAlias = dict[str, object]

_HEADER_CHARS = 150
_SECTION_CHARS = 3000


def safe(text: str, limit: int = 300) -> str:
    """Return untrusted text for a line of ours, without any markup.

    A line must stay below 3,000 characters, and escaping makes one character up to five.
    """
    return escaped(one_line(text, limit))


def header(text: str) -> Block:
    """Head a message."""
    return {"type": "header", "text": plain_text(one_line(text, _HEADER_CHARS))}


def section(markup: str) -> Block:
    """Say something in our own markup; whatever is untrusted in it must be `safe`."""
    return {"type": "section", "text": _mrkdwn(markup), "expand": True}


def small(*markups: str) -> Block:
    """Say something in small print, in our own markup as in a section."""
    return {"type": "context", "elements": [_mrkdwn(each) for each in markups]}


def button(label: str, action: str, value: str, **more: object) -> Block:
    """Offer something; `value` comes back with the click and is not to be trusted."""
    text = plain_text(label)
    return {"type": "button", "text": text, "action_id": action, "value": value, **more}


def actions(*elements: Block) -> Block:
    """Offer several things."""
    return {"type": "actions", "elements": list(elements)}


def divider() -> Block:
    """Set off what follows."""
    return {"type": "divider"}


def plain_text(text: str) -> Block:
    """Return a text in which nothing is markup."""
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def rich_quote(text: str) -> Block:
    """Quote what a person wrote, as it was written."""
    element = {"type": "rich_text_quote", "elements": [{"type": "text", "text": text or " "}]}
    return {"type": "rich_text", "elements": [element]}


def lines(markups: Sequence[str]) -> list[Block]:
    """Say several lines, in as many sections as they need."""
    sections: list[str] = []
    for line in markups:
        if sections and len(sections[-1]) + 1 + len(line) <= _SECTION_CHARS:
            sections[-1] += f"\n{line}"
        else:
            sections.append(line)
    return [section(text) for text in sections]


def _mrkdwn(markup: str) -> Block:
    return {"type": "mrkdwn", "text": markup, "verbatim": True}

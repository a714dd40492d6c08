"""What goes to Slack as one message, and how what is too long becomes several and a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from adapters.slack.rich.pages import MESSAGE_JSON, fallback, pages, plain
from adapters.slack.rich.richtext import rich_text
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import Block, small
from bot import phrases
from bot.untrusted import harmless

# More messages than this fill a thread: the beginning is shown, and all of it is in a file.
_MOST_MESSAGES = 4
_SHOWN_BEFORE_FILE = 2
_READ_CHARS = 30_000  # more than that many messages hold
# The fallback text is what a notification shows and a screen reader reads. Slack recommends 4,000
# and cuts off later, but `chat.update` refuses more.
_FALLBACK_CHARS = 3000


@dataclass(frozen=True, slots=True)
class File:
    """A text file for a thread."""

    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `text` is what a notification shows. `file` stands in place of blocks.

    `plain_blocks` say the same without anything that Slack has only begun to know, and `whole` is
    all of it as plain text.
    """

    title: str
    text: str
    blocks: Sequence[Block] = ()
    plain_blocks: Sequence[Block] = ()
    whole: str = ""
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A text in Markdown with what stands above and below it; `name` is what it is called."""

    name: str
    markdown: str
    above: Sequence[Block] = ()
    below: Sequence[Block] = ()


def messages(content: Content) -> tuple[Message, ...]:
    """Cut a content into messages that Slack takes: all of it, or the beginning and a file."""
    frame = _size(content.above) + _size(content.below) + _size([small(phrases.REST_IN_FILE)])
    # A text may be megabytes; of one that cannot fit only what is shown is read.
    is_long = len(content.markdown) > _MOST_MESSAGES * MESSAGE_JSON
    read = content.markdown[: _READ_CHARS if is_long else None]
    cut = pages(rich_text(read), reserved=frame)
    is_long = is_long or len(cut) > _MOST_MESSAGES
    shown = cut[:_SHOWN_BEFORE_FILE] if is_long else cut
    parts = [_part(content, shown, number, is_long=is_long) for number in range(len(shown))]
    if is_long:
        title = f"{content.name}, in full"
        parts.append(Message(title, escaped(title), file=File(title, harmless(content.markdown))))
    return tuple(parts)


def single(title: str, text: str, blocks: Sequence[Block]) -> Message:
    """Return a message that fits, whatever it says."""
    return Message(title, _notification(text), blocks, fallback(blocks), _whole(blocks))


def _part(
    content: Content, shown: Sequence[Sequence[Block]], number: int, *, is_long: bool
) -> Message:
    page, is_last = list(shown[number]), number == len(shown) - 1
    above = list(content.above) if number == 0 else [_continued(content, shown, number)]
    below = [small(phrases.REST_IN_FILE)] if is_last and is_long else []
    below += list(content.below) if is_last else []
    blocks = [*above, *page, *below]
    text = f"{content.name}: {plain(page)}"
    return Message(content.name, _notification(text), blocks, fallback(blocks), _whole(blocks))


def _continued(content: Content, shown: Sequence[Sequence[Block]], number: int) -> Block:
    return small(escaped(phrases.part_line(content.name, number + 1, len(shown))))


def _notification(text: str) -> str:
    short = text if len(text) <= _FALLBACK_CHARS else f"{text[:_FALLBACK_CHARS]}…"
    return escaped(short)[:_FALLBACK_CHARS]


def _whole(blocks: Sequence[Block]) -> str:
    """Return all that blocks say, also what stands above and below the text."""
    return "\n\n".join(filter(None, map(_said, blocks)))


def _said(block: Block) -> str:
    match block:
        case {"type": "header" | "section", "text": {"text": str(text)}}:
            return unescape(text)
        case {"type": "context", "elements": [{"text": str(text)}]}:
            return unescape(text)
        case _:
            return plain([block])


def _size(blocks: Sequence[Block]) -> int:
    return len(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")))

"""What goes to Discord as one message, and how what is too long becomes several and a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.discord.rich.document import document
from adapters.discord.rich.pages import Page, pages
from adapters.discord.rich.untrusted import safe
from adapters.discord.thread.components import (
    Component,
    container,
    file,
    separator,
    shown_chars,
    small,
    text,
)
from bot import phrases
from bot.untrusted import harmless

# More messages than this fill a thread: the beginning is shown, and all of it is in a file.
_MOST_MESSAGES = 4
_SHOWN_BEFORE_FILE = 2
# Discord takes 4,000 characters in a message; it may count some of them differently.
MOST_CHARS = 3_900
# A message keeps this much for its text, whatever stands above and below it.
LEAST_CHARS = 1_000
_READ_CHARS = 3 * MOST_CHARS  # more than the messages before a file hold
# A text may be shorter once its markup is read; none is by half.
_LONGEST_CHARS = 2 * _MOST_MESSAGES * MOST_CHARS
_NAME_CHARS = 300
_UNFIT_FOR_FILES = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class File:
    """A text file that is sent with a message; the name is one that Discord leaves as it is."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message in components; its first one has no `id`, and no other has one either."""

    title: str
    components: Sequence[Component]
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A text in Markdown with what stands above and below it; `name` is what it is called.

    `above` and `below` together show 2,500 characters at most. `accent` is the bar's colour.
    """

    name: str
    markdown: str
    above: Sequence[Component] = ()
    below: Sequence[Component] = ()
    accent: int | None = None


def messages(content: Content) -> tuple[Message, ...]:
    """Cut a content into messages that Discord takes: all of it, or the beginning and a file."""
    # A text may be megabytes; of one that cannot fit only what is shown is read.
    is_long = len(content.markdown) > _LONGEST_CHARS
    read = content.markdown[: _READ_CHARS if is_long else None]
    cut = pages(document(read), _room(content))
    is_long = is_long or len(cut) > _MOST_MESSAGES
    shown = cut[:_SHOWN_BEFORE_FILE] if is_long else cut
    return tuple(_part(content, shown, number, is_long=is_long) for number in range(len(shown)))


def single(title: str, components: Sequence[Component], accent: int | None = None) -> Message:
    """Return a message that fits, whatever it says."""
    return Message(title, [container(components, accent)])


def laid_out(page: Page) -> list[Component]:
    """Return a page's texts with a rule between each two."""
    components: list[Component] = []
    for markdown in page:
        components += [separator(), text(markdown)] if components else [text(markdown)]
    return components


def _room(content: Content) -> int:
    frame = [*content.above, *content.below, _continued(content, 1, 1), small(phrases.REST_IN_FILE)]
    return max(MOST_CHARS - shown_chars(frame), LEAST_CHARS)


def _part(content: Content, shown: Sequence[Page], number: int, *, is_long: bool) -> Message:
    is_last = number == len(shown) - 1
    above = content.above if number == 0 else [_continued(content, number + 1, len(shown))]
    below = list(content.below) if is_last else []
    whole = _whole(content) if is_last and is_long else None
    if whole is not None:
        below = [small(phrases.REST_IN_FILE), file(whole.name), *below]
    components = [*above, *laid_out(shown[number]), *below]
    return Message(content.name, [container(components, content.accent)], whole)


def _continued(content: Content, number: int, count: int) -> Component:
    return small(safe(phrases.part_line(content.name, number, count), _NAME_CHARS))


def _whole(content: Content) -> File:
    name = content.name.partition(" · ")[0].lower()
    slug = _UNFIT_FOR_FILES.sub("-", name).strip("-._")[:60]
    return File(f"{slug or 'text'}-in-full.md", harmless(content.markdown))

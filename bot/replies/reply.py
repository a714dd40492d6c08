"""What is said to one person, for each platform to show in its own way."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Deliberation, Post


@dataclass(frozen=True, slots=True)
class Entry:
    """A deliberation in a list; `root` opened its thread, None if it is not there yet.

    `question` and `more` are harmless and on one line, but may hold any platform's markup.
    """

    deliberation: Deliberation
    question: str
    more: str
    root: Post | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence, then a list of deliberations, then lines, then a file: whichever there are.

    `lines` are harmless, one point each, and may hold any platform's markup. `file` is a text with
    its name, such as settings to keep. `deliberation` is one to show again, with its answer.
    """

    sentence: str = ""
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    file: tuple[str, str] | None = None
    deliberation: Deliberation | None = None

"""The words after `/council`, or after a mention of the bot, as a command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question."""

    question: str


@dataclass(frozen=True, slots=True)
class Help:
    """Say what the bot can do."""


@dataclass(frozen=True, slots=True)
class Status:
    """Say what the council is working on in this channel."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a deliberation; the only one that runs here if no id is given."""

    deliberation_id: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """List this channel's latest deliberations that hold all words."""

    words: str = ""


Command = Ask | Help | Status | Cancel | History


def parse(text: str) -> Command:
    """Read a command; whatever does not begin with the word of one is a question.

    `help` and `status` are commands only by themselves, so that "help us choose a database" is a
    question; `cancel` also with a single word, which is taken for an id. `ask` in front makes
    anything a question.
    """
    text = text.strip()
    first, rest, *_ = (*text.split(maxsplit=1), "", "")
    match first.lower():
        case "ask":
            return Ask(rest)
        case "history":
            return History(rest)
        case "cancel" if len(rest.split()) <= 1:
            return Cancel(rest.lower() or None)
        case "" | "help" if not rest:
            return Help()
        case "status" if not rest:
            return Status()
        case _:
            return Ask(text)

"""The words after `/council`, or after a mention of the bot, as a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True)
class Show:
    """Show one deliberation again."""

    deliberation_id: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Say how the members fared."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Say what was spent and what is left."""


@dataclass(frozen=True, slots=True)
class Config:
    """See or change what is set for this channel, or for its workspace.

    `action` is one of `CONFIG_ACTIONS`, empty for the form.
    """

    action: str = ""
    argument: str = ""
    is_workspace: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """See or change the questions that repeat here; `action` is one of `SCHEDULE_ACTIONS`."""

    action: str = "list"
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """See or change the providers that this workspace brought along.

    `action` is one of `KEYS_ACTIONS`, empty for the form.
    """

    action: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete a deliberation by its id, or what a person asked: `me`, or somebody named."""

    what: str


Command = (
    Ask
    | Help
    | Status
    | Cancel
    | History
    | Show
    | Stats
    | Budget
    | Config
    | Schedule
    | Keys
    | Forget
)

CONFIG_ACTIONS = frozenset(
    {"show", "changes", "reset", "copy", "export", "import", "use", "save", "drop"}
)
SCHEDULE_ACTIONS = frozenset({"add", "list", "pause", "resume", "run", "skip", "edit", "remove"})
KEYS_ACTIONS = frozenset({"list", "remove"})
# Of these, what follows is free; to the others belongs one word at most.
_OPEN = frozenset({"add", "edit", "import", "copy"})
_WORKSPACE = "workspace"


def parse(text: str) -> Command:
    """Read a command; whatever does not read as one is a question.

    `help` and `status` are commands only by themselves, so that "help us choose a database" is a
    question; `config` only with an action that there is, and so on. `ask` in front makes anything a
    question.
    """
    text = text.strip()
    first, rest = _split(text)
    read = _READERS.get(first)
    command = None if read is None else read(rest)
    return Ask(text) if command is None else command


def _split(text: str) -> tuple[str, str]:
    first, rest, *_ = (*text.split(maxsplit=1), "", "")
    return first.lower(), rest


def _cancel(rest: str) -> Command | None:
    return Cancel(rest.lower() or None) if len(rest.split()) <= 1 else None


def _show(rest: str) -> Command | None:
    return Show(rest.lower()) if _is_id(rest) else None


def _forget(rest: str) -> Command | None:
    return Forget(rest) if len(rest.split()) == 1 else None


def _alone(command: Command) -> Callable[[str], Command | None]:
    return lambda rest: None if rest else command


def _config(rest: str) -> Command | None:
    first, argument = _split(rest)
    is_workspace = first == _WORKSPACE
    if is_workspace:
        first, argument = _split(argument)
    if first and not _fits(first, argument, CONFIG_ACTIONS):
        return None
    return Config(first, argument, is_workspace)


def _schedule(rest: str) -> Command | None:
    action, argument = _split(rest)
    if not action:
        return Schedule()
    return Schedule(action, argument) if _fits(action, argument, SCHEDULE_ACTIONS) else None


def _keys(rest: str) -> Command | None:
    action, argument = _split(rest)
    if action == "add":
        return Keys()  # a key that stands behind it must not become a question
    if action and not _fits(action, argument, KEYS_ACTIONS):
        return None
    return Keys(action, argument)


def _fits(action: str, argument: str, known: frozenset[str]) -> bool:
    return action in known and (action in _OPEN or len(argument.split()) <= 1)


def _is_id(word: str) -> bool:
    """Say whether a word looks like a deliberation's id, and not like one of a question."""
    return len(word.split()) == 1 and any(letter.isdigit() for letter in word)


_READERS: Mapping[str, Callable[[str], Command | None]] = {
    "": _alone(Help()),
    "ask": Ask,
    "help": _alone(Help()),
    "status": _alone(Status()),
    "stats": _alone(Stats()),
    "budget": _alone(Budget()),
    "history": History,
    "cancel": _cancel,
    "show": _show,
    "forget": _forget,
    "config": _config,
    "schedule": _schedule,
    "keys": _keys,
}

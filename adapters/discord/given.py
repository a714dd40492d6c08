"""What was given after `/council`: the way to a command, and its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from adapters.discord.wire.http import Json
from bot.commands import (
    Budget,
    Cancel,
    Command,
    Config,
    Forget,
    Help,
    History,
    Keys,
    Schedule,
    Show,
    Stats,
    Status,
)

_SUBCOMMANDS = (1, 2)


@dataclass(frozen=True, slots=True)
class Given:
    """A command as `config show`, and its options by name; a file there is one of Discord's.

    `focused` is the option that is being typed, empty if the command was given.
    """

    name: str
    options: Mapping[str, object]
    focused: str = ""

    def text(self, name: str) -> str:
        """Return an option's text, empty if it was left out."""
        return str(self.options.get(name) or "").strip()

    @property
    def is_workspace(self) -> bool:
        """It is about the whole server."""
        return self.options.get("workspace") is True

    @property
    def file(self) -> Json | None:
        """The file that came along."""
        return cast("Json | None", self.options.get("file"))


def read(data: Json) -> Given:
    """Read the data of a slash command, or of one that is being typed."""
    path: list[str] = []
    options = cast("Sequence[Json]", data.get("options") or ())
    while options and options[0].get("type") in _SUBCOMMANDS:
        path.append(str(options[0]["name"]))
        options = cast("Sequence[Json]", options[0].get("options") or ())
    files = _nested(_nested(data, "resolved"), "attachments")
    values = {str(one["name"]): one.get("value") for one in options}
    for name in ("attachment", "file"):
        if name in values:
            values[name] = files.get(str(values[name]))
    focused = next((str(one["name"]) for one in options if one.get("focused")), "")
    return Given(" ".join(path), values, focused)


def command_of(given: Given) -> Command:
    """Return the command that needs neither a form nor a file."""
    group, _, action = given.name.partition(" ")
    match group:
        case "config":
            argument = given.text("preset") or given.text("channel")
            return Config(action, argument, given.is_workspace)
        case "schedule":
            return Schedule(action, given.text("id"))
        case "keys":
            return Keys(action, given.text("name"))
        case _:
            return _plain(given)


def _plain(given: Given) -> Command:
    known = given.text("id").lower()
    commands: Mapping[str, Command] = {
        "status": Status(),
        "stats": Stats(),
        "budget": Budget(),
        "cancel": Cancel(known or None),
        "history": History(given.text("words")),
        "show": Show(known),
        "forget": Forget(given.text("what")),
    }
    return commands.get(given.name, Help())


def _nested(data: Json, name: str) -> Json:
    return data.get(name) or {}

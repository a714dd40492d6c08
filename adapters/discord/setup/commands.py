"""The bot's commands, and bringing Discord's list of them up to date.

https://docs.discord.com/developers/interactions/application-commands
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters.discord.setup.locales import chosen, described, named
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import Json
from bot.domain import Mode

_COMMAND, _ABOUT_MESSAGE = 1, 3
_SUBCOMMAND, _GROUP, _TEXT, _YES_OR_NO, _CHANNEL, _FILE = 1, 2, 3, 5, 7, 11
_IN_SERVERS, _IN_DIRECT_MESSAGES = 0, 1
# Discord's longest text in an option.
_MOST_CHARS = 6000
_MOST_ID_CHARS = 40
_MOST_WORDS_CHARS = 200
_MOST_PERSONA_CHARS = 1000

_LIST = "/applications/{application_id}/commands"

# What we set; Discord adds ids, versions, and defaults for all else.
_OURS = frozenset(
    {
        "autocomplete",
        "choices",
        "contexts",
        "description",
        "description_localizations",
        "integration_types",
        "max_length",
        "name",
        "name_localizations",
        "options",
        "required",
        "type",
        "value",
    }
)


def commands(question_chars: int = 3000) -> list[Json]:
    """Return the commands; a question may have so many characters."""
    longest = min(question_chars, _MOST_CHARS)
    council = {
        **_where(_COMMAND),
        **named("council"),
        **described("council"),
        "options": [
            *_asking(longest),
            _subcommand("help"),
            _group("config", _configuring()),
            _group("schedule", _scheduling(longest)),
            _group("keys", _keys()),
        ],
    }
    return [council, {**_where(_ABOUT_MESSAGE), **named("Ask the council")}]


async def sync(api: DiscordApi, application: str, *, question_chars: int = 3000) -> bool:
    """Bring Discord's list up to date, and say whether there was anything to do.

    It is written only if it differs: Discord takes 200 new commands a day. Raises `ChatError`.
    """
    wanted, ids = commands(question_chars), {"application_id": application}
    # Without this, Discord leaves the translations out.
    known = await api.call("GET", _LIST, ids, params={"with_localizations": "true"})
    if _sorted(known) == _sorted(wanted):
        return False
    await api.call("PUT", _LIST, ids, json=wanted)
    return True


def _asking(longest: int) -> list[Json]:
    question = {**_needed("question"), "max_length": longest}
    mode = {**_option("mode"), "choices": [chosen(mode) for mode in Mode]}
    what = {**_suggested("what"), "required": True, "max_length": _MOST_WORDS_CHARS}
    words = {**_option("words"), "max_length": _MOST_WORDS_CHARS}
    return [
        _subcommand("ask", question, _option("attachment", _FILE), mode),
        _subcommand("status"),
        _subcommand("cancel", _suggested("cancel id")),
        _subcommand("history", words),
        _subcommand("show", {**_suggested("show id"), "required": True}),
        _subcommand("stats"),
        _subcommand("budget"),
        _subcommand("forget", what),
    ]


def _configuring() -> list[Json]:
    everywhere = _option("workspace", _YES_OR_NO)
    known = {**_suggested("preset"), "required": True}
    fresh = {**_needed("preset"), "max_length": _MOST_ID_CHARS}
    text = {**_option("text"), "max_length": _MOST_CHARS}
    model = {**_suggested("model"), "required": True, "max_length": _MOST_WORDS_CHARS}
    name = {**_option("name"), "max_length": _MOST_ID_CHARS}
    persona = {**_option("persona"), "max_length": _MOST_PERSONA_CHARS}
    return [
        _subcommand("config edit", everywhere),
        _subcommand("config show", everywhere),
        _subcommand("config changes", everywhere),
        _subcommand("config seat", model, name, persona, _suggested("replaces"), everywhere),
        _subcommand("config use", known, everywhere),
        _subcommand("config save", fresh, everywhere),
        _subcommand("config drop", known),
        _subcommand("config copy", {**_option("channel", _CHANNEL), "required": True}),
        _subcommand("config export", everywhere),
        _subcommand("config import", _option("file", _FILE), text, everywhere),
        _subcommand("config reset", everywhere),
    ]


def _scheduling(longest: int) -> list[Json]:
    known = {**_suggested("schedule id"), "required": True}
    when = {**_option("when"), "max_length": _MOST_WORDS_CHARS}
    question = {**_option("schedule question"), "max_length": longest}
    discussion = _option("discussion", _YES_OR_NO)
    acts = ("pause", "resume", "run", "skip", "edit", "remove")
    return [
        _subcommand("schedule add", when, question, discussion),
        _subcommand("schedule list"),
        *(_subcommand(f"schedule {act}", known) for act in acts),
    ]


def _keys() -> list[Json]:
    known = {**_suggested("keys remove name"), "required": True}
    return [
        _subcommand("keys add"),
        _subcommand("keys list"),
        _subcommand("keys remove", known),
    ]


def _group(name: str, subcommands: list[Json]) -> Json:
    """Return a group; it cannot be given by itself."""
    return {"type": _GROUP, **named(name), **described(name), "options": subcommands}


def _subcommand(name: str, *options: Json) -> Json:
    """Return a subcommand; of a group's, the name stands behind that of the group."""
    shown = {"type": _SUBCOMMAND, **named(_last(name)), **described(name)}
    return {**shown, "options": list(options)} if options else shown


def _option(name: str, kind: int = _TEXT) -> dict[str, Any]:
    return {"type": kind, **named(_last(name)), **described(name)}


def _needed(name: str) -> dict[str, Any]:
    return {**_option(name), "required": True}


def _suggested(name: str) -> dict[str, Any]:
    """Return an option for which we suggest values while it is typed."""
    return {**_option(name), "autocomplete": True, "max_length": _MOST_ID_CHARS}


def _last(name: str) -> str:
    return name.rpartition(" ")[2]


def _where(kind: int) -> Json:
    """Return what holds for a whole command.

    An app that a person brings along has no rights in the server, so that it could not answer.
    """
    contexts = [_IN_SERVERS, _IN_DIRECT_MESSAGES]
    return {"type": kind, "contexts": contexts, "integration_types": [_IN_SERVERS]}


def _sorted(listed: Sequence[Json]) -> list[object]:
    return [_bare(one) for one in sorted(listed, key=_kind)]


def _kind(command: Json) -> tuple[int, str]:
    return int(command.get("type") or _COMMAND), str(command["name"])


def _bare(thing: object) -> object:
    """Return what is ours and says something; a default that Discord has filled in does not."""
    if isinstance(thing, list):
        return [_bare(one) for one in cast("list[object]", thing)]
    if not isinstance(thing, Mapping):
        return thing
    ours = {name: value for name, value in cast("Json", thing).items() if name in _OURS and value}
    return {
        name: value if name.endswith("_localizations") else _bare(value)
        for name, value in ours.items()
    }

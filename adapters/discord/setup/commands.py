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

_COMMAND, _SUBCOMMAND, _TEXT, _FILE, _ABOUT_MESSAGE = 1, 1, 3, 11, 3
_IN_SERVERS, _IN_DIRECT_MESSAGES = 0, 1
# Discord's longest text in an option.
_MOST_CHARS = 6000
_MOST_ID_CHARS = 40
_MOST_WORDS_CHARS = 200

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
    question = {**_option("question"), "required": True, "max_length": longest}
    mode = {**_option("mode"), "choices": [chosen(mode) for mode in Mode]}
    running = {**_option("id"), "autocomplete": True, "max_length": _MOST_ID_CHARS}
    return [
        {
            **_where(_COMMAND),
            **named("council"),
            **described("council"),
            "options": [
                _subcommand("ask", question, _option("attachment", _FILE), mode),
                _subcommand("status"),
                _subcommand("cancel", running),
                _subcommand("history", {**_option("words"), "max_length": _MOST_WORDS_CHARS}),
                _subcommand("help"),
            ],
        },
        {**_where(_ABOUT_MESSAGE), **named("Ask the council")},
    ]


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


def _subcommand(name: str, *options: Json) -> Json:
    shown = {"type": _SUBCOMMAND, **named(name), **described(name)}
    return {**shown, "options": list(options)} if options else shown


def _option(name: str, kind: int = _TEXT) -> dict[str, Any]:
    return {"type": kind, **named(name), **described(name)}


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

"""The words of the commands in other languages; Discord shows them to people who use it in these.

A delivery names commands and options in English all the same. `/council` is called so everywhere.
https://docs.discord.com/developers/interactions/application-commands#localization
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.discord.setup.descriptions import DESCRIPTIONS
from adapters.discord.setup.names import CHOICES, NAMES
from adapters.discord.setup.schedule_descriptions import SCHEDULE_DESCRIPTIONS
from adapters.discord.setup.team_descriptions import TEAM_DESCRIPTIONS
from adapters.discord.wire.http import Json

# Which of Discord's languages each column is for: Spanish is one for us and two for Discord.
_COLUMNS = (("de",), ("fr",), ("es-ES", "es-419"), ("pt-BR",), ("ja",))
_ALL_DESCRIPTIONS = {**DESCRIPTIONS, **TEAM_DESCRIPTIONS, **SCHEDULE_DESCRIPTIONS}


def named(name: str) -> Json:
    """Return a command's or an option's name with its translations, if it has any."""
    translations = NAMES.get(name)
    if translations is None:
        return {"name": name}
    return {"name": name, "name_localizations": _by_language(translations)}


def chosen(value: str) -> Json:
    """Return a choice with the translations of what is shown for it."""
    shown, *translations = CHOICES[value]
    return {"name": shown, "name_localizations": _by_language(translations), "value": value}


def described(name: str) -> Json:
    """Return the description of a command or an option with its translations.

    `name` may stand behind that of the command that it belongs to.
    """
    english, *translations = _ALL_DESCRIPTIONS[name]
    return {"description": english, "description_localizations": _by_language(translations)}


def _by_language(translations: Sequence[str]) -> Json:
    columns = zip(_COLUMNS, translations, strict=True)
    return {language: text for languages, text in columns for language in languages}

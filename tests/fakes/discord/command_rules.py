"""The rules of commands: docs.discord.com/developers/interactions/application-commands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum

from tests.fakes.discord.rules import (
    broken,
    need,
    need_list,
    need_number,
    need_object,
    need_string,
    need_word,
)
from tests.fakes.shapes import Json, as_list, as_object


class CommandType(IntEnum):
    """What a command is used on."""

    CHAT_INPUT = 1
    USER = 2
    MESSAGE = 3


class Option(IntEnum):
    """The types of a command's options."""

    SUB_COMMAND = 1
    SUB_COMMAND_GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


# docs.discord.com/developers/reference#locales
LOCALES = frozenset(
    (
        "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
        "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi",
        "th", "zh-CN", "ja", "zh-TW", "ko",
    )
)  # fmt: skip
NAME = 32
DESCRIPTION = 100
CHOICE = 100
MOST_OPTIONS = 25
MOST_CHOICES = 25
WHOLE_COMMAND = 8000
STRING_LENGTH = 6000
MOST_COMMANDS = {CommandType.CHAT_INPUT: 100, CommandType.USER: 15, CommandType.MESSAGE: 15}
_NESTING = (Option.SUB_COMMAND, Option.SUB_COMMAND_GROUP)
_CHOOSABLE = (Option.STRING, Option.INTEGER, Option.NUMBER)
# \p{sc=Deva} and \p{sc=Thai} of the name rule: their vowel signs are marks, not letters.
_MARKED_SCRIPTS = ("DEVANAGARI", "THAI")


def check_commands(body: Json) -> None:
    """Raise Invalid where a bulk overwrite breaks a rule."""
    commands = need_list(body.get("items", []), "", at_most=sum(MOST_COMMANDS.values()))
    names: Counter[tuple[object, object]] = Counter()
    for number, value in enumerate(commands):
        command = need_object(value, f"/{number}")
        kind = CommandType(need_word(command.get("type", 1), f"/{number}/type", CommandType))
        names[kind, command.get("name")] += 1
        _check_command(command, kind, f"/{number}")
    for (kind, name), count in names.items():
        need(count == 1, "", f"{count} commands of type {kind} are called {name}")
    kinds = Counter(kind for kind, _ in names)
    for kind, most in MOST_COMMANDS.items():
        need(kinds[kind] <= most, "", f"more than {most} commands of type {kind}", 30032)


def characters_of(thing: Json) -> int:
    """Count what counts towards 8,000: names, descriptions, values, the longest translation."""
    total = len(str(thing.get("value", "")))
    for name in ("name", "description"):
        texts = [thing.get(name), *(as_object(thing.get(f"{name}_localizations")) or {}).values()]
        total += max(len(str(text or "")) for text in texts)
    for inner in ("options", "choices"):
        total += sum(map(characters_of, as_list(thing.get(inner)) or []))
    return total


def _check_command(command: Json, kind: CommandType, pointer: str) -> None:
    if kind is CommandType.CHAT_INPUT:
        _check_named(command, pointer)
        _check_options(command.get("options"), f"{pointer}/options", depth=0)
    else:
        for text, place in _translations(command, "name", pointer):
            need_string(text, place, at_most=NAME)
        need(not command.get("description"), f"{pointer}/description", "must be empty")
        need(not command.get("options"), f"{pointer}/options", "must be empty")
    total = characters_of(command)
    need(total <= WHOLE_COMMAND, pointer, f"{total} characters, more than {WHOLE_COMMAND}")
    permissions = command.get("default_member_permissions")
    is_number = permissions is None or str(permissions).isdecimal()
    need(is_number, f"{pointer}/default_member_permissions", "must be a bit set")
    for name, most in (("contexts", 2), ("integration_types", 1)):
        for number, item in enumerate(as_list(command.get(name)) or []):
            need_number(item, f"{pointer}/{name}/{number}", least=0, most=most)


def _check_named(thing: Json, pointer: str) -> None:
    for text, place in _translations(thing, "name", pointer):
        need(is_name(text), place, "String value did not match validation regex.")
    for text, place in _translations(thing, "description", pointer):
        need_string(text, place, at_most=DESCRIPTION)


def is_name(value: object) -> bool:
    """Tell whether a command or an option may be called so."""
    if not isinstance(value, str) or not 1 <= len(value) <= NAME or value != value.lower():
        return False
    return all(map(_is_name_character, value))


def _is_name_character(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return unicodedata.name(character, "").startswith(_MARKED_SCRIPTS)


def _translations(thing: Json, name: str, pointer: str) -> Iterator[tuple[object, str]]:
    yield thing.get(name), f"{pointer}/{name}"
    place = f"{pointer}/{name}_localizations"
    for locale, text in need_object(thing.get(f"{name}_localizations") or {}, place).items():
        need_word(locale, place, LOCALES)
        yield text, f"{place}/{locale}"


def _check_options(value: object, pointer: str, *, depth: int) -> None:
    options = need_list(value or [], pointer, at_most=MOST_OPTIONS)
    found = [need_object(option, f"{pointer}/{n}") for n, option in enumerate(options)]
    for number, option in enumerate(found):
        _check_option(option, f"{pointer}/{number}", depth)
    names = Counter(option["name"] for option in found)
    need(all(count == 1 for count in names.values()), pointer, "names must be unique")
    kinds = {option["type"] in _NESTING for option in found}
    need(len(kinds) <= 1, pointer, "sub-commands beside parameters")
    needed = [bool(option.get("required")) for option in found]
    need(needed == sorted(needed, reverse=True), pointer, "Required options must be placed first")


def _check_option(option: Json, pointer: str, depth: int) -> None:
    kind = Option(need_word(option.get("type"), f"{pointer}/type", Option))
    _check_named(option, pointer)
    if kind is Option.SUB_COMMAND_GROUP:
        need(depth == 0, f"{pointer}/type", "a group in a group")
    elif kind is Option.SUB_COMMAND:
        need(depth <= 1, f"{pointer}/type", "a sub-command in a sub-command")
    if kind in _NESTING:
        inside = 1 if kind is Option.SUB_COMMAND_GROUP else 2
        _check_options(option.get("options"), f"{pointer}/options", depth=inside)
        return
    _check_choices(option, kind, pointer)
    for name in ("min_length", "max_length"):
        if option.get(name) is not None:
            least = int(name == "max_length")
            need(kind is Option.STRING, f"{pointer}/{name}", "only for strings")
            need_number(option[name], f"{pointer}/{name}", least=least, most=STRING_LENGTH)


def _check_choices(option: Json, kind: Option, pointer: str) -> None:
    place = f"{pointer}/choices"
    choices = need_list(option.get("choices") or [], place, at_most=MOST_CHOICES)
    need(kind in _CHOOSABLE or not choices, place, "not for this type")
    if option.get("autocomplete"):
        need(kind in _CHOOSABLE, f"{pointer}/autocomplete", "not for this type")
        need(not choices, f"{pointer}/autocomplete", "beside choices")
    check_choice_list(choices, place, is_text=kind is Option.STRING)


def check_choice_list(choices: object, pointer: str, *, is_text: bool | None = None) -> None:
    """Raise Invalid where choices, also those of an autocomplete, break a rule."""
    for number, value in enumerate(need_list(choices, pointer, at_most=MOST_CHOICES)):
        place = f"{pointer}/{number}"
        choice = need_object(value, place)
        for text, where in _translations(choice, "name", place):
            need_string(text, where, at_most=CHOICE)
        given = choice.get("value")
        if isinstance(given, str) and is_text is not False:
            need_string(given, f"{place}/value", at_most=CHOICE)
        elif not isinstance(given, int | float) or is_text:
            broken(f"{place}/value", "of another type than the option")

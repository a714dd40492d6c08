"""The rules of commands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.command_rules import characters_of, is_name
from tests.fakes.discord.validator import fault_of

COMMAND: dict[str, Any] = {"name": "ask", "description": "Ask"}
STRING = {"type": 3, "name": "text", "description": "x"}
CHOICE = {"name": "x", "value": "x"}


def fault(*commands: Any) -> str | None:
    return fault_of("PUT /applications/{id}/commands", {"items": list(commands)})


def with_options(*options: Any) -> str | None:
    return fault(COMMAND | {"options": list(options)})


def nested(kind: int, *options: Any) -> dict[str, Any]:
    return {"type": kind, "name": "inner", "description": "x", "options": list(options)}


@pytest.mark.parametrize("name", ["ask", "frag-nach", "größe", "質問", "पूछें", "ถาม", "a'b_1"])
def test_good_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "Ask", "a b", "x" * 33, "a!", "👀", None, 5])
def test_bad_names(name: object) -> None:
    assert not is_name(name)


@pytest.mark.parametrize(
    "command",
    [
        COMMAND,
        COMMAND | {"name_localizations": {"de": "fragen"}, "description_localizations": None},
        COMMAND
        | {"default_member_permissions": "32", "contexts": [0, 1], "integration_types": [0]},
        COMMAND | {"options": [nested(2, nested(1, STRING))]},
        {"type": 3, "name": "Ask the council"},
        {"type": 2, "name": "Who is it", "description": ""},
    ],
)
def test_good_commands(command: dict[str, Any]) -> None:
    assert fault(command) is None


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (COMMAND | {"name": "Ask"}, "/name"),
        (COMMAND | {"description": ""}, "/description"),
        (COMMAND | {"description": "x" * 101}, "/description"),
        (COMMAND | {"name_localizations": {"de": "Fragen"}}, "/name_localizations/de"),
        (COMMAND | {"name_localizations": {"xx": "x"}}, "/name_localizations"),
        (COMMAND | {"type": 9}, "/type"),
        (COMMAND | {"default_member_permissions": "admin"}, "/default_member_permissions"),
        (COMMAND | {"contexts": [3]}, "/contexts/0"),
        ({"type": 3, "name": "x" * 33}, "/name"),
        ({"type": 3, "name": "x", "description": "x"}, "/description"),
    ],
)
def test_bad_commands(command: dict[str, Any], place: str) -> None:
    assert str(fault(command)).startswith(f"50035: /0{place}: ")


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ([STRING | {"name": str(n)} for n in range(26)], ""),
        ([STRING, STRING], ""),
        ([STRING, nested(1)], ""),
        ([STRING, STRING | {"name": "b", "required": True}], ""),
        ([STRING | {"type": 12}], "/0/type"),
        ([STRING | {"choices": [CHOICE] * 26}], "/0/choices"),
        ([STRING | {"choices": [CHOICE | {"value": "x" * 101}]}], "/0/choices/0/value"),
        ([STRING | {"choices": [CHOICE | {"value": 1}]}], "/0/choices/0/value"),
        ([STRING | {"type": 4, "choices": [CHOICE]}], "/0/choices/0/value"),
        ([STRING | {"choices": [CHOICE], "autocomplete": True}], "/0/autocomplete"),
        ([STRING | {"type": 5, "autocomplete": True}], "/0/autocomplete"),
        ([STRING | {"max_length": 6001}], "/0/max_length"),
        ([STRING | {"type": 4, "min_length": 1}], "/0/min_length"),
        ([nested(2, nested(2))], "/0/options/0/type"),
        ([nested(1, nested(1))], "/0/options/0/type"),
    ],
)
def test_bad_options(options: list[Any], place: str) -> None:
    assert str(with_options(*options)).startswith(f"50035: /0/options{place}: ")


def test_a_command_has_8000_characters() -> None:
    options = [
        STRING
        | {"name": f"o{n}", "choices": [{"name": "x" * 50, "value": f"{c:040}"} for c in range(25)]}
        for n in range(4)
    ]

    assert str(with_options(*options)).startswith("50035: /0: 9")
    assert with_options(*options[:3]) is None


def test_of_translations_the_longest_counts() -> None:
    command = COMMAND | {"name_localizations": {"de": "fragen", "fr": "ask"}}

    assert characters_of(command) == len("fragen") + len("Ask")


def test_names_are_unique_for_each_type() -> None:
    menu = {"type": 3, "name": "ask"}

    assert fault(COMMAND, menu) is None
    assert str(fault(COMMAND, COMMAND)).startswith("50035: : 2 commands")


def test_there_may_be_so_many_commands() -> None:
    menus = [{"type": 3, "name": str(number)} for number in range(16)]

    assert fault(*menus[:15]) is None
    assert str(fault(*menus)).startswith("30032: ")

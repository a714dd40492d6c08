"""What the client lets a person type into a command."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.command_rules import Option
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.offers import type_command
from tests.fakes.discord.server import DiscordServer
from tests.fakes.shapes import Json


def command(**option: Any) -> Json:
    """Give a command with one option that is called `value`."""
    return {"id": "1", "name": "do", "type": 1, "options": [{"name": "value", **option}]}


def typed(world: DiscordServer, form: Json, value: object) -> Json:
    channel = world.add_channel("general")
    return type_command(form, [], {"value": value}, channel).data


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Option.INTEGER, 3), (Option.NUMBER, 2.5), (Option.BOOLEAN, True), (Option.STRING, "x")],
)
def test_plain_values(kind: Option, value: object) -> None:
    data = typed(DiscordServer(), command(type=kind), value)

    assert data["options"] == [{"name": "value", "type": int(kind), "value": value}]
    assert "resolved" not in data


@pytest.mark.parametrize("kind", [Option.USER, Option.ROLE, Option.CHANNEL, Option.MENTIONABLE])
def test_what_is_chosen_comes_written_out(kind: Option) -> None:
    world = DiscordServer()
    things: dict[Option, Any] = {
        Option.USER: world.add_person("Ada"),
        Option.ROLE: world.add_role("Team"),
        Option.CHANNEL: world.add_channel("other"),
        Option.MENTIONABLE: world.add_role("Other"),
    }
    words = {Option.USER: "users", Option.CHANNEL: "channels"}

    data = typed(world, command(type=kind), things[kind])

    number = str(things[kind].id)
    assert data["options"][0]["value"] == number
    assert number in data["resolved"][words.get(kind, "roles")]
    assert (number in data["resolved"].get("members", {})) is (kind is Option.USER)


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ({"type": Option.INTEGER, "min_value": 1, "max_value": 5}, 6, "6 is out of bounds"),
        ({"type": Option.INTEGER}, True, "takes INTEGER"),
        ({"type": Option.INTEGER}, "1", "takes INTEGER"),
        ({"type": Option.STRING, "min_length": 2}, "x", "1 characters"),
        ({"type": Option.USER}, "Ada", "takes USER"),
    ],
)
def test_what_does_not_fit(option: Json, value: object, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        typed(DiscordServer(), command(**option), value)


def test_channels_of_other_types_are_not_offered() -> None:
    world = DiscordServer()
    form = command(type=Option.CHANNEL, channel_types=[int(Kind.FORUM)])

    typed(world, form, world.add_channel("forum", kind="forum"))
    with pytest.raises(AssertionError, match="channels of the types"):
        typed(world, form, world.add_channel("text"))

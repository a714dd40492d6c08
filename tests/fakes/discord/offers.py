"""What Discord's client offers a person to do with the commands that the app has registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.fakes.discord.access import permissions_of
from tests.fakes.discord.command_rules import CommandType, Option
from tests.fakes.discord.payloads import resolve
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, File, Person, Role
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json

_IN_GUILD, _IN_DIRECT = 0, 1
_TYPES: dict[Option, tuple[type, ...]] = {
    Option.STRING: (str,),
    Option.INTEGER: (int,),
    Option.NUMBER: (int, float),
    Option.BOOLEAN: (bool,),
    Option.USER: (Person,),
    Option.CHANNEL: (Channel,),
    Option.ROLE: (Role,),
    Option.MENTIONABLE: (Person, Role),
    Option.ATTACHMENT: (File,),
}


class Typed(NamedTuple):
    """What a person has typed: the interaction's data, and the command's full name."""

    data: Json
    name: str


def find_command(
    world: World, name: str, kind: CommandType, channel: Channel, person: Person
) -> Json:
    """Find a command as the client offers it here, the guild's own before those for all.

    AssertionError if it offers none: it is not registered, or not for here, or not for them.
    """
    guild = channel.guild
    own = guild.commands if guild is not None else []
    known = [command for command in (*own, *world.commands) if command["type"] == kind]
    command = next((command for command in known if command["name"] == name), None)
    names = ", ".join(sorted(command["name"] for command in known)) or "none"
    assert command is not None, f"no command {name!r} is offered; there is: {names}"
    assert guild is None or guild.has_bot, "the app is not in this server"
    contexts = command["contexts"] or [_IN_GUILD, _IN_DIRECT]
    here = _IN_GUILD if guild is not None else _IN_DIRECT
    assert here in contexts, f"{name!r} is not offered in such a channel"
    assert not channel.is_archived, "commands cannot be used in an archived thread"
    if guild is not None:
        _need_permission(command, channel, person)
    return command


def type_command(
    command: Json, words: Sequence[str], values: Mapping[str, object], channel: Channel
) -> Typed:
    """Type a command with its sub-commands and options, as the client lets a person do."""
    options, path = _descend(command, words)
    for option in options:
        is_there = values.get(option["name"]) is not None
        assert is_there or not option.get("required"), f"{option['name']} is required"
    written = [_write(options, name, value) for name, value in values.items() if value is not None]
    return _finish(command, path, written, channel, list(values.values()))


def type_partly(
    command: Json, words: Sequence[str], values: Mapping[str, object], focused: str
) -> Typed:
    """Type a command so far that an option's suggestions are asked for."""
    options, path = _descend(command, words)
    found = next((option for option in options if option["name"] == focused), None)
    assert found is not None, f"there is no option {focused!r}"
    assert found.get("autocomplete"), f"{focused!r} has no autocomplete"
    known = {option["name"]: option["type"] for option in options}
    written: list[Json] = [
        {"name": name, "type": known[name], "value": value, "focused": name == focused}
        for name, value in values.items()
    ]
    return _finish(command, path, written, None, [])


def _need_permission(command: Json, channel: Channel, person: Person) -> None:
    may = permissions_of(person, channel)
    assert Permission.USE_APPLICATION_COMMANDS in may, f"{person.name} may use no commands here"
    needed = command["default_member_permissions"]
    if needed is None or Permission.ADMINISTRATOR in may:
        return
    is_allowed = int(needed) and int(needed) & int(may) == int(needed)
    assert is_allowed, f"{person.name} lacks the permissions for {command['name']!r}"


def _descend(command: Json, words: Sequence[str]) -> tuple[list[Json], list[Json]]:
    """Follow sub-commands by name and give the options there, and the way to them."""
    options: list[Json] = command.get("options") or []
    path: list[Json] = []
    for word in words:
        nested = [option for option in options if option["type"] in (1, 2)]
        found = next((option for option in nested if option["name"] == word), None)
        names = [option["name"] for option in nested]
        assert found is not None, f"there is no sub-command {word!r}, there is: {names}"
        path.append(found)
        options = found.get("options") or []
    is_whole = all(option["type"] not in (1, 2) for option in options)
    names = [option["name"] for option in options]
    assert is_whole, f"a sub-command is missing: {names}"
    return options, path


def _write(options: list[Json], name: str, value: object) -> Json:
    option = next((option for option in options if option["name"] == name), None)
    names = [option["name"] for option in options]
    assert option is not None, f"there is no option {name!r}, there is: {names}"
    kind = Option(option["type"])
    is_fitting = isinstance(value, _TYPES[kind]) and (
        kind is Option.BOOLEAN or not isinstance(value, bool)
    )
    assert is_fitting, f"{name} takes {kind.name}, not {value!r}"
    _need_bounds(option, value)
    if isinstance(value, Person | Channel | Role | File):
        return {"name": name, "type": int(kind), "value": str(value.id)}
    return {"name": name, "type": int(kind), "value": value}


def _need_bounds(option: Json, value: object) -> None:
    name = option["name"]
    if choices := option.get("choices"):
        known = [choice["value"] for choice in choices]
        assert value in known, f"{name} offers {known}, not {value!r}"
    if isinstance(value, str):
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        assert least <= len(value) <= most, f"{name}: {len(value)} characters"
    elif isinstance(value, int | float):
        least, most = option.get("min_value"), option.get("max_value")
        is_inside = (least is None or value >= least) and (most is None or value <= most)
        assert is_inside, f"{name}: {value} is out of bounds"
    elif isinstance(value, Channel) and (kinds := option.get("channel_types")):
        assert value.kind in kinds, f"{name} takes channels of the types {kinds}"


def _finish(
    command: Json,
    path: list[Json],
    written: list[Json],
    channel: Channel | None,
    values: list[object],
) -> Typed:
    for step in reversed(path):
        written = [{"name": step["name"], "type": step["type"], "options": written}]
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if written:
        data["options"] = written
    if channel is not None and (resolved := resolve(channel, *values)):
        data["resolved"] = resolved
    return Typed(data, " ".join([command["name"], *(step["name"] for step in path)]))

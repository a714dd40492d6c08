"""Registering commands, for all guilds or for one."""

from __future__ import annotations

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.refused import refuse
from tests.fakes.shapes import Json, as_list

DAY_S = 24 * 3600.0


def _list(asked: Asked) -> list[Json]:
    _need_own_application(asked)
    return asked.world.commands


def _list_of_guild(asked: Asked) -> list[Json]:
    _need_own_application(asked)
    return asked.guild(1).commands


def _overwrite(asked: Asked) -> list[Json]:
    _need_own_application(asked)
    world = asked.world
    world.commands = _overwritten(asked, world.commands, world.command_creates)
    world.changed()
    return world.commands


def _overwrite_of_guild(asked: Asked) -> list[Json]:
    _need_own_application(asked)
    guild = asked.guild(1)
    written = _overwritten(asked, guild.commands, guild.command_creates)
    guild.commands = [{**command, "guild_id": str(guild.id)} for command in written]
    asked.world.changed()
    return guild.commands


def _need_own_application(asked: Asked) -> None:
    if asked.snowflake(0) != asked.world.application.id:
        refuse(50001)


def _overwritten(asked: Asked, before: list[Json], creates: list[float]) -> list[Json]:
    """Put commands in place of the ones before; those with new names count as creates."""
    world, now_s = asked.world, asked.world.clock.now_s()
    old = {(command["type"], command["name"]): command["id"] for command in before}
    commands: list[Json] = as_list(asked.body.get("items")) or []
    new = [command for command in commands if _key(command) not in old]
    creates[:] = [at_s for at_s in creates if now_s - at_s < DAY_S]
    if len(creates) + len(new) > world.daily_command_creates:
        wait_s = DAY_S - (now_s - creates[0]) if creates else DAY_S
        refuse(30034, retry_after=round(wait_s, 3), **{"global": False})
    creates += [now_s] * len(new)
    return [_stored(asked, command, old.get(_key(command))) for command in commands]


def _key(command: Json) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


def _stored(asked: Asked, command: Json, number: str | None) -> Json:
    defaults: Json = {
        "id": number or str(asked.world.stamps.id()),
        "application_id": str(asked.world.application.id),
        "type": 1,
        "description": "",
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
    }
    given = {name: value for name, value in command.items() if value is not None}
    return defaults | given | {"version": str(asked.world.stamps.id())}


ENDPOINTS = {
    "GET /applications/{id}/commands": Endpoint(_list),
    "GET /applications/{id}/guilds/{id}/commands": Endpoint(_list_of_guild),
    "PUT /applications/{id}/commands": Endpoint(_overwrite),
    "PUT /applications/{id}/guilds/{id}/commands": Endpoint(_overwrite_of_guild),
}

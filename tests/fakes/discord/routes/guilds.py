"""Guilds, their members, roles and channels."""

from __future__ import annotations

from tests.fakes.discord.access import can_see, permissions_in_guild
from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.discord.routes.threads import listed
from tests.fakes.discord.wire import (
    wire_of_channel,
    wire_of_guild,
    wire_of_member,
    wire_of_role,
)
from tests.fakes.shapes import Json


def _get(asked: Asked) -> Json:
    return wire_of_guild(asked.guild())


def _channels(asked: Asked) -> list[Json]:
    """Channels that the bot cannot see are left out, as are threads."""
    channels = [c for c in asked.guild().channels if not c.is_thread and not c.is_deleted]
    return [wire_of_channel(c) for c in channels if can_see(asked.world.bot, c)]


def _roles(asked: Asked) -> list[Json]:
    return [wire_of_role(role) for role in asked.guild().roles.values()]


def _members(asked: Asked) -> list[Json]:
    guild = asked.guild()
    if Intent.GUILD_MEMBERS not in asked.world.allowed_intents:
        refuse(50001)
    limit = asked.number("limit", 1, most=1000)
    after = int(asked.query.get("after", "0"))
    numbers = sorted(number for number in guild.members if number > after)
    return [wire_of_member(guild.members[number]) for number in numbers[:limit]]


def _search(asked: Asked) -> list[Json]:
    guild = asked.guild()
    wanted = asked.query.get("query", "").lower()
    if not wanted:
        invalid("/query", "This field is required", "BASE_TYPE_REQUIRED")
    limit = asked.number("limit", 1, most=1000)
    names = {number: member.person.name.lower() for number, member in guild.members.items()}
    found = [number for number, name in names.items() if name.startswith(wanted)]
    return [wire_of_member(guild.members[number]) for number in found[:limit]]


def _member(asked: Asked) -> Json:
    member = asked.guild().members.get(asked.snowflake(1))
    if member is None:
        refuse(10007)
    return wire_of_member(member)


def _active_threads(asked: Asked) -> Json:
    threads = [t for t in asked.guild().threads if not t.is_archived and not t.is_deleted]
    return listed(asked, [t for t in threads if can_see(asked.world.bot, t)])


def _own(asked: Asked) -> list[Json]:
    """List the guilds that the bot is in."""
    bot = asked.world.bot
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(permissions_in_guild(bot, guild))),
            "features": [],
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": 1,
        }
        for guild in asked.world.guilds
        if guild.has_bot
    ]


ENDPOINTS = {
    "GET /guilds/{id}": Endpoint(_get),
    "GET /guilds/{id}/channels": Endpoint(_channels),
    "GET /guilds/{id}/roles": Endpoint(_roles),
    "GET /guilds/{id}/members": Endpoint(_members),
    "GET /guilds/{id}/members/search": Endpoint(_search),
    "GET /guilds/{id}/members/{id}": Endpoint(_member),
    "GET /guilds/{id}/threads/active": Endpoint(_active_threads),
    "GET /users/@me/guilds": Endpoint(_own),
}

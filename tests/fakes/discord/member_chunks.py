"""The members of a guild, asked for over the gateway."""

from __future__ import annotations

from tests.fakes.discord.connection import Connection
from tests.fakes.discord.wire import wire_of_member
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json, as_list

CHUNK = 1000


def send_members(world: World, connection: Connection, data: Json) -> None:
    """Answer op 8, which asks for members by name or by id."""
    guild = world.find_guild(int(data.get("guild_id") or 0))
    if guild is None or connection.session is None:
        return
    wanted = [str(number) for number in as_list(data.get("user_ids")) or []]
    prefix = str(data.get("query") or "").lower()
    members = [
        member
        for number, member in guild.members.items()
        if (str(number) in wanted if wanted else member.person.name.lower().startswith(prefix))
    ]
    members = members[: int(data.get("limit") or 0) or None]
    starts = range(0, max(1, len(members)), CHUNK)
    for index, start in enumerate(starts):
        payload: Json = {
            "guild_id": str(guild.id),
            "members": [wire_of_member(member) for member in members[start : start + CHUNK]],
            "chunk_index": index,
            "chunk_count": len(starts),
            "nonce": data.get("nonce"),
        }
        connection.session.tell("GUILD_MEMBERS_CHUNK", payload)

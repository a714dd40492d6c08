"""What somebody may do in a server and in a channel, from what Discord's REST API tells.

https://docs.discord.com/developers/topics/permissions#permission-hierarchy
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import discord

from adapters.discord.wire.http import Json

_TIMED_OUT = discord.Permissions(view_channel=True, read_message_history=True)


def in_server(guild: Json, member: Json) -> discord.Permissions:
    """Return what a member may do, whatever the channel."""
    roles = {str(role["id"]): int(role["permissions"]) for role in guild["roles"]}
    value = roles.get(str(guild["id"]), 0)
    for role in member["roles"]:
        value |= roles.get(str(role), 0)
    found = discord.Permissions(value)
    if found.administrator or guild["owner_id"] == member["user"]["id"]:
        return discord.Permissions.all()
    return found & _TIMED_OUT if _is_timed_out(member) else found


def in_channel(guild: Json, member: Json, channel: Json) -> discord.Permissions:
    """Return what a member may do in a channel; threads have what the channel around them has."""
    found = in_server(guild, member)
    if found.administrator:
        return found
    overwrites: Sequence[Mapping[str, object]] = channel.get("permission_overwrites") or ()
    known = {str(one["id"]): one for one in overwrites}
    value = _over(found.value, [known.get(str(guild["id"]))])
    value = _over(value, [known.get(str(role)) for role in member["roles"]])
    value = _over(value, [known.get(str(member["user"]["id"]))])
    here = discord.Permissions(value)
    return here & _TIMED_OUT if _is_timed_out(member) else here


def _over(value: int, overwrites: Sequence[Mapping[str, object] | None]) -> int:
    """Take away what any overwrite denies, and then give what any allows."""
    allow = deny = 0
    for one in overwrites:
        if one is not None:
            allow |= int(str(one["allow"]))
            deny |= int(str(one["deny"]))
    return value & ~deny | allow


def _is_timed_out(member: Json) -> bool:
    until = member.get("communication_disabled_until")
    return bool(until) and datetime.fromisoformat(str(until)) > datetime.now(UTC)

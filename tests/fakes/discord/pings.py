"""Whom a message pings, given what its author may do."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.discord.access import permissions_of
from tests.fakes.discord.mentions import EVERYONE, ROLE, USER, is_allowed
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.shapes import Json

# What pings in an interaction's response that says nothing of it.
OF_INTERACTIONS: Json = {"parse": ["users"]}


def pinged(
    texts: Iterable[str],
    author: Person,
    channel: Channel,
    *,
    allowed: Json | None = None,
    replied_to: Message | None = None,
) -> list[int | str]:
    """Give the ids of users and roles that are pinged, and "everyone"."""
    found: list[int | str] = []
    can_mention_all = Permission.MENTION_EVERYONE in permissions_of(author, channel)
    roles = channel.guild.roles if channel.guild is not None else {}
    for text in texts:
        found += [int(m[1]) for m in USER.finditer(text) if is_allowed(m.group(), allowed)]
        for match in ROLE.finditer(text):
            role = roles.get(int(match[1]))
            is_open = role is not None and (role.is_mentionable or can_mention_all)
            found += [int(match[1])] if is_open and is_allowed(match.group(), allowed) else []
        if can_mention_all and any(is_allowed(m, allowed) for m in EVERYONE.findall(text)):
            found.append("everyone")
    if replied_to is not None and (allowed is None or allowed.get("replied_user")):
        found.append(replied_to.author.id)
    return list(dict.fromkeys(found))

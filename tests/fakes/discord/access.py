"""What a person may do in a place, computed as the documentation says."""

from __future__ import annotations

from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import (
    DIRECT,
    EVERYTHING,
    NEED_SENDING,
    NOTHING,
    TIMED_OUT,
    Overwrite,
    Permission,
)
from tests.fakes.discord.records import Channel, Guild, Member, Person


def permissions_in_guild(person: Person, guild: Guild) -> Permission:
    """Give what somebody may do in a guild, whatever the channel."""
    member = guild.members.get(person.id)
    if member is None:
        return NOTHING
    permissions = guild.everyone.permissions
    for role in member.roles:
        permissions |= role.permissions
    if person is guild.owner or Permission.ADMINISTRATOR in permissions:
        return EVERYTHING
    return permissions & TIMED_OUT if member.is_timed_out else permissions


def permissions_of(person: Person, channel: Channel) -> Permission:
    """Give what somebody may do in a channel or a thread."""
    if channel.guild is None:
        return DIRECT
    permissions = permissions_in_guild(person, channel.guild)
    if permissions in (EVERYTHING, NOTHING):
        return permissions
    member = channel.guild.members[person.id]
    home = channel.parent if channel.is_thread and channel.parent is not None else channel
    permissions = _over(permissions, home, member)
    if member.is_timed_out:
        permissions &= TIMED_OUT
    if not _sees(person, channel, permissions):
        return NOTHING
    sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return permissions if sending in permissions else permissions & ~NEED_SENDING


def can_see(person: Person, channel: Channel) -> bool:
    """Tell whether somebody can see a channel at all."""
    return Permission.VIEW_CHANNEL in permissions_of(person, channel)


def can_send(person: Person, channel: Channel) -> bool:
    """Tell whether somebody may write in a channel or a thread."""
    sending = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    return sending in permissions_of(person, channel)


def _over(permissions: Permission, channel: Channel, member: Member) -> Permission:
    overwrites = channel.overwrites
    permissions = overwrites.get(member.guild.id, Overwrite()).over(permissions)
    of_roles = [overwrites[role.id] for role in member.roles if role.id in overwrites]
    allow, deny = NOTHING, NOTHING
    for overwrite in of_roles:
        allow |= overwrite.allow
        deny |= overwrite.deny
    permissions = Overwrite(allow, deny).over(permissions)
    return overwrites.get(member.person.id, Overwrite()).over(permissions)


def _sees(person: Person, channel: Channel, permissions: Permission) -> bool:
    if Permission.VIEW_CHANNEL not in permissions:
        return False
    if channel.kind is not Kind.PRIVATE_THREAD:
        return True
    return person.id in channel.thread_members or Permission.MANAGE_THREADS in permissions

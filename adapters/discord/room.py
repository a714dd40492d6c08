"""Where somebody is in a server, and what keeps the council from answering there."""

from __future__ import annotations

from dataclasses import dataclass

import discord
from discord import ChannelType

from adapters.discord.setup.rights import missing
from adapters.discord.wire.http import Json
from bot import phrases

# https://docs.discord.com/developers/resources/channel#channel-object-channel-types
_THREADED = frozenset({ChannelType.text.value, ChannelType.news.value})
_PRIVATE = ChannelType.private_thread.value
_FORUMS = frozenset({ChannelType.forum.value, ChannelType.media.value})
_WRITTEN = _THREADED | {ChannelType.voice.value, ChannelType.stage_voice.value}

IN_FORUM = "In a forum nothing can be asked by itself; let it repeat in a text channel."
# Neither what its channel allows and spends nor who is in it would be known when it is due.
IN_PRIVATE = (
    "In a private thread nothing can be asked by itself; let it repeat in a text channel, or ask "
    "here whenever you want to know."
)

_UNKNOWN = "Discord does not tell me what kind of channel this is. Ask in a text channel."
_LOCKED = (
    "This thread is locked, so I cannot answer in it. Ask in the channel or in another thread."
)
_IS_LOCKED = "The thread is locked, so I cannot answer in it."
_MISSING = (
    "I lack rights in this channel: {rights}. Somebody who manages the server can give them to me "
    "in the channel's settings, under Permissions"
)
_ASK_AGAIN = "; then ask again. Nothing was started."


@dataclass(frozen=True, slots=True)
class Room:
    """A channel of a server, or a thread in one. `fault` is why the council cannot answer there.

    `channel` is the one that it belongs to, `around` the one whose settings hold in it. From a
    message in it a thread can be opened if it `opens_threads`; elsewhere all goes where the
    question is. `title` is that of a post in a forum.
    """

    id: str
    channel: str
    around: str
    opens_threads: bool = False
    title: str | None = None
    fault: str | None = None


NOWHERE = Room("0", "0", "0", fault=_UNKNOWN)


def of_channel(channel: object, rights: discord.Permissions) -> Room:
    """Return a channel or thread in which the bot has some rights."""
    if isinstance(channel, discord.Thread):
        found = {
            "id": channel.id,
            "type": channel.type.value,
            "name": channel.name,
            "parent_id": channel.parent_id,
            "thread_metadata": {"locked": channel.locked},
        }
        return _of_thread(found, channel.parent, rights)
    if not isinstance(channel, discord.abc.GuildChannel):
        return NOWHERE
    here, opens_threads = str(channel.id), channel.type.value in _THREADED
    told = _told(rights, can_send=rights.send_messages)
    if not opens_threads:
        told.update(create_public_threads=True, send_messages_in_threads=True)
    return Room(here, here, here, opens_threads, fault=_fault(missing(told, in_thread=False)))


def of_thread(found: Json, guild: discord.Guild) -> Room:
    """Return a thread as Discord's REST API gives it, for one that its gateway has not told of."""
    parent = guild.get_channel(int(found.get("parent_id") or 0))
    if parent is None or "thread_metadata" not in found:
        return NOWHERE
    return _of_thread(found, parent, parent.permissions_for(guild.me))


def _of_thread(found: Json, parent: object, rights: discord.Permissions) -> Room:
    here = str(found["id"])
    # What is asked in a private thread is for those in it, and not for the channel around it.
    channel = here if found["type"] == _PRIVATE else str(found["parent_id"])
    title = str(found["name"]) if isinstance(parent, discord.ForumChannel) else None
    names = missing(_told(rights, can_send=rights.send_messages_in_threads), in_thread=True)
    is_locked = found["thread_metadata"]["locked"] and not rights.manage_threads
    fault = _LOCKED if is_locked and not names else _fault(names)
    return Room(here, channel, str(found["parent_id"]), title=title, fault=fault)


def lasting_fault(found: Json, rights: discord.Permissions) -> str | None:
    """Return why nothing can be asked by itself in a channel, as Discord's REST API gives it.

    None if it can; `rights` are the bot's there.
    """
    kind = int(found["type"])
    if kind in _FORUMS:
        return IN_FORUM
    is_thread = "thread_metadata" in found
    if not is_thread and kind not in _WRITTEN:
        return _UNKNOWN
    can_send = rights.send_messages_in_threads if is_thread else rights.send_messages
    told = _told(rights, can_send=can_send)
    if kind not in _THREADED:
        told.update(create_public_threads=True, send_messages_in_threads=True)
    if names := missing(told, in_thread=is_thread):
        return f"{_MISSING.format(rights=phrases.joined(names))}."
    is_locked = is_thread and found["thread_metadata"]["locked"] and not rights.manage_threads
    return _IS_LOCKED if is_locked else None


def _told(rights: discord.Permissions, *, can_send: bool) -> discord.Permissions:
    """Return rights with those that are lost together with another, and come back with it.

    https://docs.discord.com/developers/topics/permissions#implicit-permissions
    """
    if not rights.view_channel:
        told = discord.Permissions.all()
        told.update(administrator=False, view_channel=False)
        return told
    told = discord.Permissions(rights.value)
    told.attach_files = rights.attach_files or not can_send
    return told


def _fault(names: list[str]) -> str | None:
    return f"{_MISSING.format(rights=phrases.joined(names))}{_ASK_AGAIN}" if names else None

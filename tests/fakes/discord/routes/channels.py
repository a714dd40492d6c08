"""Channels: reading, changing, deleting, typing."""

from __future__ import annotations

from tests.fakes.discord.access import can_send
from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel
from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.discord.wire import wire_of_channel
from tests.fakes.shapes import Json


def _get(asked: Asked) -> Json:
    return wire_of_channel(asked.channel(), asked.world.bot)


def _change(asked: Asked) -> Json:
    channel = asked.channel()
    if channel.is_direct:
        refuse(50003)
    if channel.is_thread:
        _change_thread(asked, channel)
    else:
        asked.need(channel, Permission.MANAGE_CHANNELS)
        channel.name = str(asked.body.get("name") or channel.name)
        channel.topic = asked.body.get("topic", channel.topic)
        asked.world.channel_changed(channel)
    return wire_of_channel(channel, asked.world.bot)


def _change_thread(asked: Asked, thread: Channel) -> None:
    """docs.discord.com/developers/topics/threads#editing-deleting-threads."""
    body, bot = asked.body, asked.world.bot
    is_archived = body.get("archived")
    is_own = thread.owner is bot
    is_moderator = asked.may(thread, Permission.MANAGE_THREADS)
    if is_archived is False:
        _need_unarchiving(thread, bot.id, is_own=is_own, is_moderator=is_moderator)
    elif not (is_own or is_moderator):
        refuse(50013)
    if "locked" in body and body["locked"] != thread.is_locked and not is_moderator:
        refuse(50013)
    if thread.is_archived and is_archived is not False:
        refuse(50083)
    asked.world.change_thread(
        thread,
        name=body.get("name"),
        is_archived=is_archived,
        is_locked=body.get("locked"),
        minutes=body.get("auto_archive_duration"),
    )


def _need_unarchiving(thread: Channel, bot: int, *, is_own: bool, is_moderator: bool) -> None:
    if is_moderator:
        return
    if thread.is_locked and not is_own:
        refuse(50083, status=403)
    if bot not in thread.thread_members:
        refuse(50013)


def _delete(asked: Asked) -> Json:
    channel = asked.channel()
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    if not channel.is_direct:
        asked.need(channel, needed)
    document = wire_of_channel(channel, asked.world.bot)
    asked.world.remove_channel(channel)
    return document


def _type(asked: Asked) -> None:
    channel = asked.channel()
    if channel.is_forum:
        invalid("/channel_id", "a forum has nothing to type in")
    if not can_send(asked.world.bot, channel):
        refuse(50013)
    asked.world.type_in(channel, asked.world.bot)


ENDPOINTS = {
    "GET /channels/{id}": Endpoint(_get),
    "PATCH /channels/{id}": Endpoint(_change),
    "DELETE /channels/{id}": Endpoint(_delete),
    "POST /channels/{id}/typing": Endpoint(_type),
}

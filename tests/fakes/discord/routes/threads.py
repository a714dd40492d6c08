"""Threads: from messages, without, in forums; their members."""

from __future__ import annotations

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.composing import compose
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Guild, Message
from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.discord.wire import wire_of_channel, wire_of_thread_member
from tests.fakes.shapes import Json, as_list

_MOST_MEMBERS = 1000


def _from_message(asked: Asked) -> Json:
    channel = asked.channel()
    guild = _need_parent(channel)
    if channel.is_forum:
        refuse(50024)
    asked.need(channel, Permission.CREATE_PUBLIC_THREADS, Permission.READ_MESSAGE_HISTORY)
    message = asked.message(channel)
    if message.thread is not None:
        refuse(160004)
    if message.is_system:
        refuse(50021)
    _need_room(asked, guild)
    thread = asked.world.new_thread(channel, str(asked.body["name"]), asked.world.bot)
    _set_minutes(asked, thread)
    asked.world.open_thread_from(message, thread)
    return wire_of_channel(thread, asked.world.bot)


def _without_message(asked: Asked) -> Json:
    channel = asked.channel()
    guild = _need_parent(channel)
    if channel.is_forum:
        return _in_forum(asked, channel, guild)
    kind = Kind(asked.body.get("type", Kind.PRIVATE_THREAD))
    if kind is Kind.PRIVATE_THREAD and channel.kind is not Kind.TEXT:
        refuse(50024)
    is_private = kind is Kind.PRIVATE_THREAD
    public, private = Permission.CREATE_PUBLIC_THREADS, Permission.CREATE_PRIVATE_THREADS
    asked.need(channel, private if is_private else public)
    _need_room(asked, guild)
    thread = asked.world.new_thread(channel, str(asked.body["name"]), asked.world.bot)
    thread.kind = kind
    _set_minutes(asked, thread)
    asked.world.open_thread(thread)
    if not is_private:
        asked.world.announce_thread(thread)
    return wire_of_channel(thread, asked.world.bot)


def _in_forum(asked: Asked, forum: Channel, guild: Guild) -> Json:
    """Open a post: the thread and its first message, which has the thread's id, in one."""
    payload: Json | None = asked.body.get("message")
    if payload is None:
        asked.reject("/message", "This field is required")
    asked.need(forum, Permission.SEND_MESSAGES)
    if asked.uploads:
        asked.need(forum, Permission.ATTACH_FILES)
    if payload.get("embeds"):
        asked.need(forum, Permission.EMBED_LINKS)
    thread = asked.world.new_thread(forum, str(asked.body["name"]), asked.world.bot)
    thread.applied_tags = _tags(asked, forum)
    _need_room(asked, guild)
    _set_minutes(asked, thread)
    message = Message(thread.id, thread, asked.world.bot, asked.world.clock.now_s())
    compose(asked, message, payload)
    asked.world.open_thread(thread)
    asked.world.post(message)
    return wire_of_channel(thread, asked.world.bot) | {"message": asked.wire(message)}


def _tags(asked: Asked, forum: Channel) -> list[int]:
    tags = [int(tag) for tag in as_list(asked.body.get("applied_tags")) or []]
    known = {int(tag["id"]) for tag in forum.tags}
    if not known.issuperset(tags):
        refuse(10087)
    if forum.needs_tag and not tags:
        refuse(40067)
    return tags


def _need_parent(channel: Channel) -> Guild:
    """Threads are in guilds, and not in threads."""
    if channel.guild is None:
        refuse(50003)
    if channel.is_thread or channel.kind is Kind.CATEGORY:
        refuse(50024)
    return channel.guild


def _need_room(asked: Asked, guild: Guild) -> None:
    active = [t for t in guild.threads if not t.is_archived and not t.is_deleted]
    if len(active) >= asked.world.most_active_threads:
        refuse(160006)


def _set_minutes(asked: Asked, thread: Channel) -> None:
    thread.archive_minutes = int(asked.body.get("auto_archive_duration") or 1440)


def _join(asked: Asked) -> None:
    thread = _active(asked)
    asked.world.join_thread(thread, asked.world.bot)


def _leave(asked: Asked) -> None:
    asked.world.leave_thread(_active(asked), asked.world.bot)


def _add(asked: Asked) -> None:
    thread = _active(asked)
    asked.need(thread, Permission.SEND_MESSAGES_IN_THREADS)
    if len(thread.thread_members) >= _MOST_MEMBERS:
        refuse(30033)
    member = thread.guild.members.get(asked.snowflake(1)) if thread.guild is not None else None
    if member is None:
        refuse(10013)
    asked.world.join_thread(thread, member.person)


def _remove(asked: Asked) -> None:
    thread = _active(asked)
    asked.need(thread, Permission.MANAGE_THREADS)
    person = asked.world.people.get(asked.snowflake(1))
    if person is not None:
        asked.world.leave_thread(thread, person)


def _active(asked: Asked) -> Channel:
    thread = asked.thread()
    if thread.is_archived:
        refuse(50083)
    return thread


def _members(asked: Asked) -> list[Json]:
    thread = asked.thread()
    return [wire_of_thread_member(thread, number) for number in thread.thread_members]


def _member(asked: Asked) -> Json:
    thread, number = asked.thread(), asked.snowflake(1)
    if number not in thread.thread_members:
        refuse(10007)
    return wire_of_thread_member(thread, number)


def _archived(asked: Asked) -> Json:
    """List archived threads, the one that was archived last first."""
    channel = asked.channel(Permission.READ_MESSAGE_HISTORY)
    is_private = asked.route.endswith("private")
    if is_private:
        asked.need(channel, Permission.MANAGE_THREADS)
    limit = asked.number("limit", 50)
    if channel.guild is None:
        invalid("/channel_id", "is no guild's")
    threads = [
        thread
        for thread in channel.guild.threads
        if thread.parent is channel and thread.is_archived and not thread.is_deleted
        if (thread.kind is Kind.PRIVATE_THREAD) is is_private
    ]
    threads.sort(key=lambda thread: thread.archived_at_s, reverse=True)
    return listed(asked, threads[:limit]) | {"has_more": len(threads) > limit}


def listed(asked: Asked, threads: list[Channel]) -> Json:
    """Write threads, and the bot's memberships in them."""
    bot = asked.world.bot
    own = [thread for thread in threads if bot.id in thread.thread_members]
    return {
        "threads": [wire_of_channel(thread, bot) for thread in threads],
        "members": [wire_of_thread_member(thread, bot.id) for thread in own],
    }


ENDPOINTS = {
    "POST /channels/{id}/messages/{id}/threads": Endpoint(_from_message, status=201),
    "POST /channels/{id}/threads": Endpoint(_without_message, status=201),
    "PUT /channels/{id}/thread-members/@me": Endpoint(_join),
    "DELETE /channels/{id}/thread-members/@me": Endpoint(_leave),
    "PUT /channels/{id}/thread-members/{id}": Endpoint(_add),
    "DELETE /channels/{id}/thread-members/{id}": Endpoint(_remove),
    "GET /channels/{id}/thread-members": Endpoint(_members),
    "GET /channels/{id}/thread-members/{id}": Endpoint(_member),
    "GET /channels/{id}/threads/archived/public": Endpoint(_archived),
    "GET /channels/{id}/threads/archived/private": Endpoint(_archived),
}

"""Messages in channels, and reactions."""

from __future__ import annotations

from tests.fakes.discord.access import can_send
from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.composing import compose, open_for_posting, reply_to, revise
from tests.fakes.discord.kinds import Flag, Kind
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Message
from tests.fakes.discord.refused import refuse
from tests.fakes.shapes import Json

_SILENT = (Kind.CATEGORY,)
HOUR_S = 3600.0


def need_posting(asked: Asked, channel: Channel) -> None:
    """Refuse unless the bot may post such a payload in a channel."""
    world = asked.world
    if channel.is_forum:
        refuse(40058)
    if channel.kind in _SILENT:
        refuse(50008)
    if channel.person is not None and channel.person.is_closed:
        refuse(50007)
    if not can_send(world.bot, channel):
        refuse(50013)
    if asked.body.get("embeds"):
        asked.need(channel, Permission.EMBED_LINKS)
    if asked.uploads:
        asked.need(channel, Permission.ATTACH_FILES)


def _create(asked: Asked) -> Json:
    channel = asked.channel()
    need_posting(asked, channel)
    if (twin := _twin(asked, channel)) is not None:
        return asked.wire(twin) | {"nonce": twin.nonce}
    message = asked.world.new_message(channel, asked.world.bot)
    reply_to(asked, message, asked.body)
    compose(asked, message, asked.body)
    message.flags &= ~Flag.EPHEMERAL
    open_for_posting(asked, channel)
    if (nonce := asked.body.get("nonce")) is None:
        return asked.wire(asked.world.post(message))
    message.nonce = str(nonce)
    asked.world.nonces[message.nonce] = asked.world.post(message)
    return asked.wire(message) | {"nonce": message.nonce}


def _twin(asked: Asked, channel: Channel) -> Message | None:
    """Find the message with the same nonce, which then is the answer.

    The documentation speaks of the same author and says nothing of the channel. A nonce that comes
    again elsewhere is a mistake of the app.
    """
    world, nonce = asked.world, asked.body.get("nonce")
    if nonce is None or not asked.body.get("enforce_nonce"):
        return None
    twin = world.nonces.get(str(nonce))
    if twin is None or twin.created_at_s < world.clock.now_s() - world.nonce_window_s:
        return None
    if twin.channel is not channel:
        reason = f"{nonce} was used in #{twin.channel.name} too"
        world.violate(asked.route, f"nonce_reused: /nonce: {reason}")
    return twin


def _edit(asked: Asked) -> Json:
    channel = asked.channel()
    message = asked.message(channel)
    if message.author is not asked.world.bot:
        _edit_flags(asked, message)
        return asked.wire(message)
    if channel.is_archived:
        refuse(50083)
    if asked.body.get("embeds"):
        asked.need(channel, Permission.EMBED_LINKS)
    need_edit_left(asked, message)
    revise(asked, message, asked.body)
    return asked.wire(message)


def _edit_flags(asked: Asked, message: Message) -> None:
    """Hide or show the embeds of somebody else's message, all that there is to change."""
    if set(asked.body) - {"flags", "tts", "allowed_mentions"}:
        refuse(50005)
    asked.need(message.channel, Permission.MANAGE_MESSAGES)
    wanted = Flag(asked.body.get("flags") or 0) & Flag.SUPPRESS_EMBEDS
    message.flags = (message.flags & ~Flag.SUPPRESS_EMBEDS) | wanted
    asked.world.rewritten(message, is_edit=False)


def need_edit_left(asked: Asked, message: Message) -> None:
    """Refuse if too many old messages were edited: a 429 with a code of its own."""
    world, now_s = asked.world, asked.world.clock.now_s()
    if now_s - message.created_at_s <= world.old_message_s:
        return
    times = world.old_edits_at_s.setdefault(message.channel.id, [])
    times[:] = [at_s for at_s in times if now_s - at_s < HOUR_S]
    if len(times) >= world.old_edits:
        fields: Json = {"retry_after": round(HOUR_S - (now_s - times[0]), 3), "global": False}
        refuse(30046, **fields)
    times.append(now_s)


def _delete(asked: Asked) -> None:
    channel = asked.channel()
    message = asked.message(channel)
    if message.author is not asked.world.bot:
        asked.need(channel, Permission.MANAGE_MESSAGES)
    is_closed = channel.is_archived and channel.is_locked
    if is_closed and not asked.may(channel, Permission.MANAGE_THREADS):
        refuse(50083)
    asked.world.delete(message)


def _get(asked: Asked) -> Json:
    channel = asked.channel(Permission.READ_MESSAGE_HISTORY)
    return asked.wire(asked.message(channel))


def _history(asked: Asked) -> list[Json]:
    channel = asked.channel()
    limit = asked.number("limit", 50)
    if not asked.may(channel, Permission.READ_MESSAGE_HISTORY):
        return []
    messages = channel.shown
    if "before" in asked.query:
        messages = [m for m in messages if m.id < int(asked.query["before"])][-limit:]
    elif "after" in asked.query:
        messages = [m for m in messages if m.id > int(asked.query["after"])][:limit]
    elif "around" in asked.query:
        middle = int(asked.query["around"])
        older = [m for m in messages if m.id < middle][-(limit // 2) :]
        messages = (older + [m for m in messages if m.id >= middle])[:limit]
    return [asked.wire(message) for message in reversed(messages[-limit:])]


def _react(asked: Asked) -> None:
    channel = asked.channel(Permission.READ_MESSAGE_HISTORY)
    message = asked.message(channel)
    if channel.is_archived:
        refuse(50083)
    emoji = asked.ids[2]
    if emoji not in message.reactions:
        asked.need(channel, Permission.ADD_REACTIONS)
    asked.world.react(message, emoji, asked.world.bot)


def _unreact(asked: Asked) -> None:
    channel = asked.channel()
    asked.world.unreact(asked.message(channel), asked.ids[2], asked.world.bot)


ENDPOINTS = {
    "POST /channels/{id}/messages": Endpoint(_create),
    "PATCH /channels/{id}/messages/{id}": Endpoint(_edit),
    "DELETE /channels/{id}/messages/{id}": Endpoint(_delete),
    "GET /channels/{id}/messages/{id}": Endpoint(_get),
    "GET /channels/{id}/messages": Endpoint(_history),
    "PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me": Endpoint(_react),
    "DELETE /channels/{id}/messages/{id}/reactions/{emoji}/@me": Endpoint(_unreact),
}

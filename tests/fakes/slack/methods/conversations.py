"""conversations.* and users.conversations: where people talk, and what was said."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.rates import DISTRIBUTED_ITEMS
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_channel, wire_of_message

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_TYPES = {"channels": "public_channel", "groups": "private_channel", "im": "im"}


def _info(asked: Asked) -> Json:
    channel = asked.visible_channel()
    asked.need_scope(f"{channel.kind}:read")
    return {"channel": wire_of_channel(channel, with_count=asked.flag("include_num_members"))}


def _list(asked: Asked) -> Json:
    channels = [c for c in _listed(asked) if not c.is_private or c.has_bot]
    page, cursor = asked.page(channels, default=100)
    return {
        "channels": [wire_of_channel(channel, with_count=True) for channel in page],
        "response_metadata": {"next_cursor": cursor},
    }


def _list_mine(asked: Asked) -> Json:
    """List the bot's conversations, or those that it shares with a `user`."""
    user = asked.text("user")
    channels = [c for c in _listed(asked) if c.has_bot and (user is None or user in c.members)]
    page, cursor = asked.page(channels, default=100)
    return {
        "channels": [wire_of_channel(channel) for channel in page],
        "response_metadata": {"next_cursor": cursor},
    }


def _listed(asked: Asked) -> Iterable[Channel]:
    """Find conversations of the wanted types; an org-wide token must say of which workspace."""
    if asked.token.is_org_wide and asked.text("team_id") is None:
        refuse("missing_argument")
    types = (asked.text("types") or "public_channel").replace(" ", "").split(",")
    unknown = set(types) - {*_TYPES.values(), "mpim"}
    if unknown:
        refuse("invalid_types")
    kinds = [kind for kind, name in _TYPES.items() if name in types]
    for kind in kinds:
        asked.need_scope(f"{kind}:read")
    return (
        channel
        for channel in asked.world.channels.values()
        if channel.workspace is asked.workspace
        and channel.kind in kinds
        and not (channel.is_archived and asked.flag("exclude_archived"))
    )


def _members(asked: Asked) -> Json:
    channel = asked.visible_channel()
    asked.need_scope(f"{channel.kind}:read")
    bot = [channel.workspace.bot_user_id] if channel.has_bot and not channel.is_direct else []
    page, cursor = asked.page([*channel.members, *bot], default=100)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _history(asked: Asked) -> Json:
    """Give the newest first; replies are left out unless they were broadcast."""
    channel = _readable(asked)
    shown = [
        message
        for message in reversed(channel.messages)
        if (message.thread_ts is None or message.is_broadcast) and _remains(message)
    ]
    return _messages(asked, shown)


def _replies(asked: Asked) -> Json:
    """Give the oldest first: the root and, page by page, its replies."""
    channel = _readable(asked)
    ts = asked.text("ts")
    known = next((message for message in channel.messages if message.ts == ts), None)
    if known is None:
        refuse("thread_not_found")
    root_ts = known.thread_ts or known.ts
    thread = [
        message
        for message in channel.messages
        if root_ts in (message.ts, message.thread_ts) and _remains(message)
    ]
    if not thread:
        refuse("thread_not_found")
    return _messages(asked, thread)


def _remains(message: Message) -> bool:
    """Tell what is still seen: a deleted root with replies leaves a tombstone."""
    return not message.is_deleted or bool(message.channel.thread(message.ts))


def _readable(asked: Asked) -> Channel:
    channel = asked.visible_channel()
    asked.need_scope(f"{channel.kind}:history")
    if not channel.has_bot:
        refuse("not_in_channel")
    return channel


def _messages(asked: Asked, messages: list[Message]) -> Json:
    oldest, latest = float(asked.text("oldest") or 0), asked.text("latest")
    newest = float(latest) if latest else float("inf")
    is_inclusive = asked.flag("inclusive")
    between = [
        message
        for message in messages
        if oldest < float(message.ts) < newest
        or (is_inclusive and float(message.ts) in (oldest, newest))
    ]
    most = DISTRIBUTED_ITEMS if asked.world.is_distributed else 1000
    page, cursor = asked.page(between, default=min(100, most), largest=most)
    with_metadata = asked.flag("include_all_metadata")
    return {
        "messages": [wire_of_message(m, with_metadata=with_metadata) for m in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _open(asked: Asked) -> Json:
    if (known := asked.text("channel")) is not None:
        channel = asked.world.channels.get(known)
        if channel is None or not channel.is_direct:
            refuse("channel_not_found")
    elif (users := asked.text("users")) is None:
        refuse("users_list_not_supplied")
    elif "," in users:
        asked.world.violate(asked.method, "not_here: this server has no groups of people")
        refuse("invalid_user_combination")
    else:
        channel = asked.world.direct(asked.person("users"))
    asked.need_scope("im:write")
    is_full = asked.flag("return_im")
    return {"channel": wire_of_channel(channel) if is_full else {"id": channel.id}}


def _join(asked: Asked) -> Json:
    channel = asked.visible_channel()
    if channel.is_direct or channel.is_private:
        refuse("method_not_supported_for_channel_type")
    if channel.is_archived:
        refuse("is_archived")
    was_member, channel.has_bot = channel.has_bot, True
    asked.world.changed()
    warning = {"warning": "already_in_channel"} if was_member else {}
    return {"channel": wire_of_channel(channel), **warning}


METHODS = {
    "conversations.info": Method(_info, _READ),
    "conversations.list": Method(_list, _READ),
    "conversations.members": Method(_members, _READ),
    "conversations.history": Method(_history, _HISTORY),
    "conversations.replies": Method(_replies, _HISTORY),
    "conversations.open": Method(_open, ("im:write", "mpim:write", "groups:write")),
    "conversations.join": Method(_join, ("channels:join",)),
    "users.conversations": Method(_list_mine, _READ),
}

"""pins.* and reactions.add."""

from __future__ import annotations

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_message

MOST_PINS = 100  # slack.md 1.7


def _add(asked: Asked) -> Json:
    channel, message = _find(asked)
    if message.ts in channel.pins:
        refuse("already_pinned")
    if message.subtype in ("channel_join", "channel_leave"):
        refuse("not_pinnable")
    if len(channel.pins) >= MOST_PINS:
        refuse("too_many_pins")
    channel.pins.append(message.ts)
    asked.world.changed()
    return {}


def _remove(asked: Asked) -> Json:
    channel, message = _find(asked)
    if message.ts not in channel.pins:
        refuse("no_pin")
    channel.pins.remove(message.ts)
    asked.world.changed()
    return {}


def _list(asked: Asked) -> Json:
    """List the one that was pinned last first."""
    channel = _joined(asked)
    pinned = [channel.find(ts) for ts in reversed(channel.pins)]
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": int(float(message.ts)),
            "created_by": channel.workspace.bot_user_id,
            "message": wire_of_message(message),
        }
        for message in pinned
        if message is not None
    ]
    return {"items": items}


def _react(asked: Asked) -> Json:
    _, message = _find(asked)
    name = (asked.text("name") or "").strip(":")
    if name in message.reactions:
        refuse("already_reacted")
    message.reactions.append(name)
    asked.world.changed()
    return {}


def _find(asked: Asked) -> tuple[Channel, Message]:
    channel = _joined(asked)
    if channel.is_archived:
        refuse("is_archived")
    message = channel.find(asked.text("timestamp"))
    if message is None:
        refuse("message_not_found")
    return channel, message


def _joined(asked: Asked) -> Channel:
    channel = asked.visible_channel()
    if not channel.has_bot:
        refuse("not_in_channel")
    return channel


METHODS = {
    "pins.add": Method(_add, ("pins:write",)),
    "pins.remove": Method(_remove, ("pins:write",)),
    "pins.list": Method(_list, ("pins:read",)),
    "reactions.add": Method(_react, ("reactions:write",)),
}

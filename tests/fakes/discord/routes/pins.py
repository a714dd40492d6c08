"""Pins, by the routes of 2025 and by the old ones."""

from __future__ import annotations

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.clock import iso
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Message
from tests.fakes.discord.refused import refuse
from tests.fakes.shapes import Json

_OLD_PAGE = 50


def _pin(asked: Asked) -> None:
    channel, message = _find(asked)
    if message.is_system:
        refuse(50021)
    if message.is_pinned:
        return
    if len(channel.pins) >= asked.world.most_pins:
        refuse(30003)
    asked.world.pin(message, asked.world.bot)


def _unpin(asked: Asked) -> None:
    _, message = _find(asked)
    if message.is_pinned:
        asked.world.unpin(message)


def _find(asked: Asked) -> tuple[Channel, Message]:
    """In direct messages everybody may pin."""
    channel = asked.channel(Permission.PIN_MESSAGES)
    if channel.is_archived:
        refuse(50083)
    return channel, asked.message(channel)


def _list(asked: Asked) -> Json:
    """List the one that was pinned last first."""
    limit = asked.number("limit", 50, most=50)
    before = asked.query.get("before")
    pins = [pin for pin in _pins(asked) if before is None or _moment(pin) < before]
    items = [{"pinned_at": _moment(pin), "message": asked.wire(pin)} for pin in pins[:limit]]
    return {"items": items, "has_more": len(pins) > limit}


def _list_old(asked: Asked) -> list[Json]:
    return [asked.wire(pin) for pin in _pins(asked)[:_OLD_PAGE]]


def _pins(asked: Asked) -> list[Message]:
    channel = asked.channel()
    if not asked.may(channel, Permission.READ_MESSAGE_HISTORY):
        return []
    return channel.pins[::-1]


def _moment(pin: Message) -> str:
    return iso(pin.pinned_at_s or 0.0)


ENDPOINTS = {
    "GET /channels/{id}/messages/pins": Endpoint(_list),
    "PUT /channels/{id}/messages/pins/{id}": Endpoint(_pin),
    "DELETE /channels/{id}/messages/pins/{id}": Endpoint(_unpin),
    "GET /channels/{id}/pins": Endpoint(_list_old),
    "PUT /channels/{id}/pins/{id}": Endpoint(_pin),
    "DELETE /channels/{id}/pins/{id}": Endpoint(_unpin),
}

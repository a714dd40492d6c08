"""Pins of a Discord channel or thread."""

from __future__ import annotations

from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import Refused
from bot.domain import Place
from bot.pinboard import BoardFull

_PIN = "/channels/{channel_id}/messages/pins/{message_id}"
# https://docs.discord.com/developers/topics/opcodes-and-status-codes
_MOST_PINS = 30003
_GONE = 10008


class DiscordBoard:
    """Implements `bot.pinboard.Board`; a place's channel is the one that holds the message."""

    def __init__(self, api: DiscordApi) -> None:
        self._api = api

    async def add(self, message_id: str, place: Place) -> None:
        """Pin a message."""
        try:
            await self._api.call("PUT", _PIN, _ids(message_id, place))
        except Refused as refused:
            if refused.code == _MOST_PINS:
                raise BoardFull(str(refused)) from refused
            raise

    async def remove(self, message_id: str, place: Place) -> None:
        """Unpin a message."""
        try:
            await self._api.call("DELETE", _PIN, _ids(message_id, place))
        except Refused as refused:
            if refused.code != _GONE:
                raise


def _ids(message_id: str, place: Place) -> dict[str, str]:
    return {"channel_id": place.channel, "message_id": message_id}

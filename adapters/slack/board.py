"""Pins of a Slack channel."""

from __future__ import annotations

from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.domain import Place
from bot.pinboard import BoardFull

_GONE = frozenset({"no_pin", "message_not_found", "not_pinned"})


class SlackBoard:
    """Implements `bot.pinboard.Board`."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def add(self, message_id: str, place: Place) -> None:
        """Pin a message."""
        try:
            await self._api.call("pins.add", place.workspace, _named(message_id, place))
        except Refused as refused:
            if refused.code == "too_many_pins":
                raise BoardFull(str(refused)) from refused
            if refused.code != "already_pinned":
                raise

    async def remove(self, message_id: str, place: Place) -> None:
        """Unpin a message."""
        try:
            await self._api.call("pins.remove", place.workspace, _named(message_id, place))
        except Refused as refused:
            if refused.code not in _GONE:
                raise


def _named(message_id: str, place: Place) -> Json:
    return {"channel": place.channel, "timestamp": message_id}

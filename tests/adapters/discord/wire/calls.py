"""Calls that the tests of the wire make."""

from __future__ import annotations

from typing import Any

from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import DiscordHttp
from tests.fakes.discord.records import Channel
from tests.fakes.shapes import Json

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
THREADS = "/channels/{channel_id}/messages/{message_id}/threads"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
# The same, as the fake Discord names them.
POST = "POST /channels/{id}/messages"
PATCH = "PATCH /channels/{id}/messages/{id}"

SAID: Json = {"content": "x", "allowed_mentions": {"parse": []}}


async def post(caller: DiscordHttp | DiscordApi, channel: Channel, **more: Any) -> Json:
    return await caller.call("POST", MESSAGES, {"channel_id": str(channel.id)}, json=SAID, **more)


async def edit(
    caller: DiscordHttp | DiscordApi, channel: Channel, message_id: str, **more: Any
) -> Json:
    ids = {"channel_id": str(channel.id), "message_id": message_id}
    return await caller.call("PATCH", MESSAGE, ids, json=SAID, **more)

"""Bring one message into a channel or thread of Discord, and know it again there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.discord.thread.messages import Message
from adapters.discord.wire.api import PATIENCE_S, DiscordApi
from adapters.discord.wire.http import Json

# https://docs.discord.com/developers/resources/message#message-object-message-flags
V2 = 1 << 15
_SUPPRESS_EMBEDS = 1 << 2

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_DIRECT_MESSAGES = "/users/@me/channels"

# Pings nobody, whatever the text says: https://docs.discord.com/developers/resources/message
NOBODY: Json = {"parse": []}
NO_FILES: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes, the key to find it again, and who is pinged by it."""

    room: str
    key: str
    pings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Files:
    """Files that go along, with the fields that tell of them."""

    files: Sequence[tuple[str, bytes]] = ()
    fields: Mapping[str, object] = field(default_factory=dict[str, object])


async def send(api: DiscordApi, target: Target, message: Message) -> Json:
    """Post a message and return it. Raises `ChatError`.

    Discord gives back the message that is there if this key came in the past few minutes.
    """
    files = attached(message)
    content = {
        **_content(message, target),
        **files.fields,
        "flags": V2,
        "nonce": target.key,
        "enforce_nonce": True,
    }
    ids = {"channel_id": target.room}
    return await api.call("POST", MESSAGES, ids, json=content, files=files.files)


async def update(
    api: DiscordApi,
    target: Target,
    message_id: str,
    message: Message,
    *,
    within_s: float = PATIENCE_S,
) -> None:
    """Put a message in place of what one says, if its turn comes in time. Raises `ChatError`."""
    files = attached(message)
    content = {**_content(message, target), **files.fields}
    ids = {"channel_id": target.room, "message_id": message_id}
    await api.call("PATCH", MESSAGE, ids, json=content, files=files.files, within_s=within_s)


async def write_to(
    api: DiscordApi, person: str, message: Json, files: Sequence[tuple[str, bytes]] = NO_FILES
) -> None:
    """Send a person a direct message. Raises `ChatError`."""
    opened = await api.call("POST", _DIRECT_MESSAGES, {}, json={"recipient_id": person})
    ids = {"channel_id": str(opened["id"])}
    await api.call("POST", MESSAGES, ids, json=message, files=files)


def plain(sentence: str) -> Json:
    """Return a message of one sentence in our own markup."""
    return {"content": sentence, "allowed_mentions": NOBODY, "flags": _SUPPRESS_EMBEDS}


def attached(message: Message) -> Files:
    """Return a message's file as Discord wants it."""
    if message.file is None:
        return Files()
    name = message.file.name
    listed = [{"id": 0, "filename": name}]
    return Files([(name, message.file.content.encode())], {"attachments": listed})


def content_of(message: Message) -> tuple[Json, Sequence[tuple[str, bytes]]]:
    """Return a message that nobody looks for again, with its files."""
    files = attached(message)
    shown = {"components": list(message.components), "allowed_mentions": NOBODY, "flags": V2}
    return {**shown, **files.fields}, files.files


def number_of(key: str) -> int:
    """Return the id of the component by which a message with this key is found again: 31 bits."""
    digest = hashlib.sha256(key.encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1 or 1


def numbers_in(message: Json) -> set[int]:
    """Return the ids by which a message may be ours."""
    listed: Sequence[Mapping[str, object]] = message.get("components") or ()
    return {number for part in listed if isinstance(number := part.get("id"), int)}


def _content(message: Message, target: Target) -> dict[str, object]:
    first, *others = message.components
    pings = {**NOBODY, "users": list(target.pings)} if target.pings else NOBODY
    marked = [{**first, "id": number_of(target.key)}, *others]
    return {"components": marked, "allowed_mentions": pings}

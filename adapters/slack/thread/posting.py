"""Bring one message into a channel or thread of Slack, in a simpler form if Slack wants that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.slack.thread.blocks import Block
from adapters.slack.thread.messages import File, Message
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.domain import Place

# The type of our messages' metadata, and the id of the first block of a stream, which takes none.
EVENT_TYPE = "council_post"
_BLOCK_PREFIX = "council-"
_MALFORMED = frozenset({"invalid_blocks", "invalid_blocks_format"})
_TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
# Not yet known everywhere: https://docs.slack.dev/changelog
_NEW = frozenset({"context_actions", "table"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: a place, the thread there, and the key to find it again."""

    place: Place
    thread: str | None
    key: str


async def send(
    api: SlackApi, target: Target, message: Message, *, is_broadcast: bool = False
) -> str:
    """Post a message and return its id. Raises `ChatError`."""
    if message.file is not None:
        return await _share(api, target, message.file)
    arguments: dict[str, object] = {
        "channel": target.place.channel,
        "thread_ts": target.thread,
        "metadata": metadata(target.key),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if is_broadcast and target.thread is not None:
        arguments["reply_broadcast"] = True
    call = partial(api.call, "chat.postMessage", target.place.workspace)
    try:
        answer = await _simplest(call, arguments, message)
    except Refused as refused:
        if refused.code not in _TOO_LONG:
            raise
        return await _share(api, target, File(message.title, message.whole))
    return str(answer["ts"])


async def update(
    api: SlackApi,
    target: Target,
    message_id: str,
    message: Message,
    *,
    within_s: float | None = None,
) -> None:
    """Put a message in place of what one says, if its turn comes in time. Raises `ChatError`."""
    arguments = {
        "channel": target.place.channel,
        "ts": message_id,
        "metadata": metadata(target.key),
    }
    patience = {} if within_s is None else {"within_s": within_s}
    call = partial(api.call, "chat.update", target.place.workspace, **patience)
    await _simplest(call, arguments, message)


def metadata(key: str) -> Mapping[str, object]:
    """Return what a message carries so that it can be found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def block_id(key: str) -> str:
    """Return the id of the block by which a stream can be found again."""
    return f"{_BLOCK_PREFIX}{key}"


def keys_of(message: Mapping[str, object]) -> set[str]:
    """Return the keys by which a message may be ours, wherever it carries them."""
    found: set[str] = set()
    match message.get("metadata"):
        case {"event_type": "council_post", "event_payload": {"key": str(key)}}:
            found.add(key)
        case _:
            pass
    for block in _listed(message.get("blocks")):
        found.add(str(block.get("block_id", "")).removeprefix(_BLOCK_PREFIX))
    for file in _listed(message.get("files")):
        found.add(str(file.get("name", "")).removeprefix(_BLOCK_PREFIX).removesuffix(".md"))
    return found


async def _simplest(
    call: Callable[[Json], Awaitable[Json]], arguments: Json, message: Message
) -> Json:
    """Call with the message as it should be, or else in blocks that every Slack knows."""
    given = {**arguments, "text": message.text}
    try:
        return await call({**given, "blocks": list(message.blocks)})
    except Refused as refused:
        if refused.code not in _MALFORMED:
            raise
        return await call({**given, "blocks": _plain(message)})


def _plain(message: Message) -> Sequence[Block]:
    return [block for block in message.plain_blocks if block["type"] not in _NEW]


async def _share(api: SlackApi, target: Target, file: File) -> str:
    """Share a text file in the thread; https://docs.slack.dev/messaging/working-with-files."""
    content = file.content.encode()
    place = target.place
    ticket = await api.call(
        "files.getUploadURLExternal",
        place.workspace,
        {"filename": f"{_BLOCK_PREFIX}{target.key}.md", "length": len(content)},
    )
    await api.upload(str(ticket["upload_url"]), content)
    await api.call(
        "files.completeUploadExternal",
        place.workspace,
        {
            "files": [{"id": ticket["file_id"], "title": file.title}],
            "channel_id": place.channel,
            "thread_ts": target.thread,
        },
    )
    return str(ticket["file_id"])


def _listed(value: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(value, list):
        return ()
    items: list[object] = value
    return [item for item in items if isinstance(item, dict)]

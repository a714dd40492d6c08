"""chat.startStream, appendStream and stopStream (slack.md 1.5)."""

from __future__ import annotations

import asyncio
import json
from typing import Literal

from tests.fakes.shapes import Json, as_list
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.methods.chat import find_thread, named_blocks, new_message
from tests.fakes.slack.records import Channel, Message, Stream
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_message
from tests.fakes.slack.world import World

# Undocumented. CopilotKit#6064 got 11,977 characters through, openclaw#143882 found that bytes of
# UTF-8 count, and less room for text beside task cards: those count as compact JSON here.
STREAM_BYTES = 12_000


def end_stream(world: World, message: Message) -> None:
    """End a stream as Slack does after some minutes: what was sent stays, as a broken half."""
    if message.is_streaming:
        message.is_streaming, message.is_broken = False, True
        world.changed()


def _start(asked: Asked) -> Json:
    channel = asked.writable_channel()
    stream = Stream(asked.text("recipient_user_id"), asked.text("recipient_team_id"))
    if not channel.is_direct:
        _need_recipient(asked, stream)
    message = new_message(asked, channel, thread_ts=find_thread(asked, channel))
    message.stream, message.is_streaming = stream, True
    message.text, message.blocks = "", []
    message.versions.clear()
    _add(asked, message)
    world = asked.world
    world.post(message)
    loop = asyncio.get_running_loop()
    loop.call_later(world.stream_lifetime_s, end_stream, world, message)
    return {"channel": channel.id, "ts": message.ts}


def _need_recipient(asked: Asked, stream: Stream) -> None:
    if stream.recipient_user_id is None:
        refuse("missing_recipient_user_id")
    if stream.recipient_team_id is None:
        refuse("missing_recipient_team_id")
    if stream.recipient_user_id not in asked.world.people:
        refuse("user_not_found")


def _append(asked: Asked) -> Json:
    channel, message = _running(asked)
    _add(asked, message)
    asked.world.changed()
    return {"channel": channel.id, "ts": message.ts}


def _stop(asked: Asked) -> Json:
    """Add what comes with the stop: one that repeats the whole text says everything twice."""
    channel, message = _running(asked)
    _add(asked, message)
    last = named_blocks(asked.world, asked.arguments.get("blocks"))
    if not message.blocks and not last:
        refuse("no_text")
    if last:
        message.change(message.text, [*message.blocks, *last])
    message.metadata = asked.arguments.get("metadata") or None
    message.is_streaming = False
    if (status := asked.text("session_status")) is not None:
        asked.world.sessions[channel.id, message.thread_ts or message.ts] = status
    asked.world.changed()
    document = wire_of_message(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": document}


def _running(asked: Asked) -> tuple[Channel, Message]:
    channel = asked.writable_channel()
    message = channel.find(asked.text("ts"))
    if message is None:
        refuse("message_not_found")
    if message.bot_id != channel.workspace.bot_id:
        refuse("message_not_owned_by_app")
    if message.stream is not None and message.stream.is_stopped_by_user:
        refuse("stopped_by_user")
    if not message.is_streaming:
        refuse("message_not_in_streaming_state")
    return channel, message


def _add(asked: Asked, message: Message) -> None:
    """Add the content of a call, all of it or, if it is too much, none."""
    stream = message.stream
    assert stream is not None
    chunks = list(as_list(asked.arguments.get("chunks")) or [])
    mode: Literal["markdown_text", "chunks"] = "chunks"
    if (markdown := asked.text("markdown_text")) is not None:
        mode, chunks = "markdown_text", [{"type": "markdown_text", "text": markdown}]
    if not chunks:
        return
    if stream.mode not in (None, mode):
        refuse("streaming_mode_mismatch")
    size = stream.bytes + sum(map(_size, chunks))
    if size > STREAM_BYTES:
        fault = f"msg_too_long: /ts: {size} bytes in one stream"
        asked.world.violate(asked.method, fault)
        refuse("msg_too_long")
    stream.mode, stream.bytes = mode, size
    for chunk in chunks:
        _add_chunk(asked.world, message, stream, chunk)


def _size(chunk: Json) -> int:
    if chunk["type"] == "markdown_text":
        return len(chunk["text"].encode())
    return len(json.dumps(chunk, ensure_ascii=False, separators=(",", ":")).encode())


def _add_chunk(world: World, message: Message, stream: Stream, chunk: Json) -> None:
    blocks = list(message.blocks)
    if chunk["type"] == "markdown_text":
        stream.markdown += chunk["text"]
        if blocks and blocks[-1]["type"] == "markdown":
            blocks[-1] = {**blocks[-1], "text": blocks[-1]["text"] + chunk["text"]}
        else:
            blocks += named_blocks(world, [{"type": "markdown", "text": chunk["text"]}])
    elif chunk["type"] == "plan_update":
        stream.plan_title = chunk["title"]
    elif chunk["type"] == "blocks":
        blocks += named_blocks(world, chunk["blocks"])
    else:
        _add_task(world, stream, chunk, blocks)
    message.change(stream.markdown, blocks)


def _add_task(world: World, stream: Stream, chunk: Json, blocks: list[Json]) -> None:
    """Put a task card where it was first seen, with the fields that the chunk changes."""
    is_new = chunk["id"] not in stream.tasks
    task = stream.tasks[chunk["id"]] = {**stream.tasks.get(chunk["id"], {}), **chunk}
    card = {"type": "task_card", "task_id": task["id"], "title": task["title"]}
    card |= {"status": task["status"]}
    if is_new:
        blocks += named_blocks(world, [card])
        return
    places = (n for n, block in enumerate(blocks) if block.get("task_id") == task["id"])
    place = next(places)
    blocks[place] = {"block_id": blocks[place]["block_id"], **card}


METHODS = {
    "chat.startStream": Method(_start, ("chat:write",)),
    "chat.appendStream": Method(_append, ("chat:write",)),
    "chat.stopStream": Method(_stop, ("chat:write",)),
}

"""What is said to one person alone, where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.thread.messages import File, Message
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json

Said = str | Sequence[Message] | None


def messages_of(said: Said) -> tuple[Message, ...]:
    """Return what is said as messages."""
    if said is None:
        return ()
    return (Message("", said),) if isinstance(said, str) else tuple(said)


def body_of(message: Message) -> Json:
    """Return a message as Slack takes it."""
    blocks = {"blocks": list(message.blocks)} if message.blocks else {}
    return {"text": message.text, **blocks}


async def whisper(desk: SlackDesk, caller: Caller, said: Said) -> None:
    """Say something to one person: where they are, or directly if the bot is not there.

    A file can only be sent directly. Raises `ChatError`.
    """
    for message in messages_of(said):
        if message.file is not None:
            await _hand_over(desk, caller, message.file)
        else:
            await _whisper(desk, caller, body_of(message))


async def _whisper(desk: SlackDesk, caller: Caller, body: Json) -> None:
    here = {"channel": caller.channel, "thread_ts": caller.thread, "user": caller.user}
    try:
        await desk.api.call("chat.postEphemeral", caller.workspace, {**here, **body})
    except Refused:
        await tell(desk, caller.workspace, caller.user, body)


async def tell(desk: SlackDesk, workspace: str, user: str, body: Json) -> Json:
    """Write to somebody directly. Raises `ChatError`."""
    return await desk.api.call("chat.postMessage", workspace, directly(user, body))


def directly(user: str, body: Json) -> Mapping[str, object]:
    """Return what is posted to somebody; their id stands for their direct messages."""
    return {"channel": user, "unfurl_links": False, "unfurl_media": False, **body}


async def _hand_over(desk: SlackDesk, caller: Caller, file: File) -> None:
    """Send a file below a direct message, whose answer tells the channel that it takes."""
    sent = await tell(desk, caller.workspace, caller.user, {"text": file.title})
    content = file.content.encode()
    asked = {"filename": file.title, "length": len(content)}
    ticket = await desk.api.call("files.getUploadURLExternal", caller.workspace, asked)
    await desk.api.upload(str(ticket["upload_url"]), content)
    shared = {
        "files": [{"id": ticket["file_id"], "title": file.title}],
        "channel_id": sent["channel"],
        "thread_ts": sent["ts"],
    }
    await desk.api.call("files.completeUploadExternal", caller.workspace, shared)

"""chat.*: posting, editing and deleting messages."""

from __future__ import annotations

from tests.fakes.shapes import Json, as_list
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.records import Blocks, Channel, Message
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_message
from tests.fakes.slack.world import World


def named_blocks(world: World, blocks: object) -> Blocks:
    """Give every block an id, as Slack does for those that have none."""
    return [
        {"block_id": f"b{world.stamps.number('block')}", **block} for block in as_list(blocks) or []
    ]


def find_thread(asked: Asked, channel: Channel) -> str | None:
    """Give the `thread_ts` that a new message gets.

    A reply's ts counts as that of its root, and as a violation: the documentation says "Avoid using
    a reply's ts value". Undocumented are the errors for a root that is not there, see
    `World.delete`.
    """
    ts = asked.text("thread_ts")
    if ts is None:
        return None
    root = next((message for message in channel.messages if message.ts == ts), None)
    if root is None:
        refuse("thread_not_found")
    if root.thread_ts is not None:
        asked.world.violate(asked.method, "reply_as_root: /thread_ts: is the ts of a reply")
        return root.thread_ts
    if root.is_deleted:
        has_replies = len(channel.thread(ts)) > 0
        refuse("cannot_reply_to_message" if has_replies else "thread_not_found")
    return ts


def new_message(asked: Asked, channel: Channel, *, thread_ts: str | None) -> Message:
    """Make the bot's message from the arguments; it is not posted yet."""
    if any(asked.text(name) for name in ("username", "icon_emoji", "icon_url")):
        asked.need_scope("chat:write.customize")
    workspace = channel.workspace
    markdown = asked.text("markdown_text")
    blocks = asked.arguments.get("blocks")
    if markdown is not None:
        blocks = [{"type": "markdown", "text": markdown}]
    return Message(
        asked.world.stamps.ts(),
        channel,
        markdown or asked.text("text") or "",
        named_blocks(asked.world, blocks),
        user=workspace.bot_user_id,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        thread_ts=thread_ts,
        metadata=asked.arguments.get("metadata") or None,
        username=asked.text("username"),
        unfurls=(asked.arguments.get("unfurl_links"), asked.arguments.get("unfurl_media")),
    )


def _post_message(asked: Asked) -> Json:
    channel = asked.writable_channel()
    thread_ts = find_thread(asked, channel)
    message = new_message(asked, channel, thread_ts=thread_ts)
    message.is_broadcast = thread_ts is not None and asked.flag("reply_broadcast")
    asked.world.post(message)
    document = wire_of_message(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": document}


def _update(asked: Asked) -> Json:
    channel = asked.visible_channel()
    message = _own_message(asked, channel, "cant_update_message")
    if channel.is_archived:
        refuse("is_inactive")
    if message.is_streaming:
        refuse("streaming_state_conflict")
    has_content = any(asked.arguments.get(name) for name in ("text", "blocks", "markdown_text"))
    if asked.flag("reply_broadcast"):
        _broadcast(message, has_content=has_content)
    if has_content:
        _rewrite(asked, message)
    if "metadata" in asked.arguments:
        message.metadata = asked.arguments["metadata"] or None
    asked.world.changed()
    document = wire_of_message(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": document}


def _broadcast(message: Message, *, has_content: bool) -> None:
    if message.thread_ts is None:
        refuse("cant_broadcast_message")
    if has_content and not message.is_broadcast:
        refuse("no_dual_broadcast_content_update")
    message.is_broadcast = True


def _rewrite(asked: Asked, message: Message) -> None:
    """Text without blocks takes the blocks away; blocks without text keep the text."""
    new = new_message(asked, message.channel, thread_ts=message.thread_ts)
    if not new.blocks:
        message.edited_ts = new.ts
    message.change(new.text or message.text, new.blocks)
    message.is_broken = False


def _delete(asked: Asked) -> Json:
    channel = asked.visible_channel()
    message = _own_message(asked, channel, "cant_delete_message")
    asked.world.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def _own_message(asked: Asked, channel: Channel, error: str) -> Message:
    message = channel.find(asked.text("ts"))
    if message is None:
        refuse("message_not_found")
    if message.bot_id != channel.workspace.bot_id:
        refuse(error)
    return message


def _post_ephemeral(asked: Asked) -> Json:
    channel = asked.writable_channel()
    person = asked.person()
    if person.id not in channel.members:
        refuse("user_not_in_channel")
    find_thread(asked, channel)
    ts = asked.world.stamps.ts()
    blocks = named_blocks(asked.world, asked.arguments.get("blocks"))
    payload = {**asked.arguments, "ts": ts, **({"blocks": blocks} if blocks else {})}
    asked.world.ephemerals.append((channel, person, payload))
    return {"message_ts": ts}


def _get_permalink(asked: Asked) -> Json:
    channel = asked.visible_channel()
    message = channel.find(asked.text("message_ts"))
    if message is None:
        refuse("message_not_found")
    place = f"{channel.workspace.url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    return {"channel": channel.id, "permalink": place + thread}


METHODS = {
    "chat.postMessage": Method(_post_message, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.getPermalink": Method(_get_permalink),
}

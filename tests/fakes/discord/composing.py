"""Turning what the app sends into messages."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.fakes.discord.asked import Asked
from tests.fakes.discord.bodies import Upload
from tests.fakes.discord.components import Part, is_v2, parts_in
from tests.fakes.discord.kinds import Flag, MessageType
from tests.fakes.discord.mentions import texts_in
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.pings import pinged
from tests.fakes.discord.postings import reference_to
from tests.fakes.discord.records import Channel, File, Message
from tests.fakes.discord.refused import invalid, refuse
from tests.fakes.shapes import Json, as_list, as_object, objects_in

SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.IS_COMPONENTS_V2
_SCHEME = "attachment://"


def compose(asked: Asked, message: Message, body: Json, default: Json | None = None) -> Message:
    """Fill a new message; `default` is what pings if the payload says nothing of it."""
    message.flags |= Flag(body.get("flags") or 0) & (SETTABLE | Flag.EPHEMERAL)
    message.content = str(body.get("content") or "").strip()
    message.attachments = [_keep(asked, message, upload, body) for upload in asked.uploads]
    message.embeds = copy.deepcopy(as_list(body.get("embeds")) or [])
    message.components = copy.deepcopy(as_list(body.get("components")) or [])
    _finish(asked, message)
    _set_mentions(message, body, default)
    message.versions.clear()
    message.remember()
    return message


def revise(asked: Asked, message: Message, body: Json, default: Json | None = None) -> None:
    """Change a message: what the payload leaves out stays as it is."""
    was_loading = Flag.LOADING in message.flags
    flags = message.flags & ~Flag.LOADING
    if body.get("flags") is not None:
        wanted = Flag(body["flags"])
        flags = (flags & ~Flag.SUPPRESS_EMBEDS) | (wanted & Flag.SUPPRESS_EMBEDS)
        flags |= wanted & Flag.IS_COMPONENTS_V2
    content = str(body.get("content") or "").strip() if "content" in body else message.content
    embeds = (
        copy.deepcopy(as_list(body.get("embeds")) or []) if "embeds" in body else message.embeds
    )
    components = message.components
    if "components" in body:
        components = copy.deepcopy(as_list(body.get("components")) or [])
    attachments = _attachments(asked, message, body)
    if not (content or embeds or components or attachments):
        asked.reject("", "Cannot send an empty message", 50006)
    if Flag.IS_COMPONENTS_V2 in flags and (content or embeds):
        asked.reject("/content", "content and embeds must be emptied beside IS_COMPONENTS_V2")
    message.flags, message.content, message.embeds = flags, content, embeds
    message.components, message.attachments = components, attachments
    _finish(asked, message)
    if "content" in body or ("components" in body and Flag.IS_COMPONENTS_V2 in flags):
        _set_mentions(message, body, default)
    asked.world.rewritten(message, is_edit=not was_loading)


def reply_to(asked: Asked, message: Message, body: Json) -> None:
    """Make a message a reply, if the payload says so."""
    reference = as_object(body.get("message_reference"))
    if reference is None:
        return
    if reference.get("type") == 1:
        asked.reject("/message_reference/type", "forwards are not played here")
    number = int(reference.get("message_id") or 0)
    target = message.channel.find(number)
    if target is None:
        if reference.get("fail_if_not_exists") is False:
            return
        kind = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
        invalid("/message_reference", "Unknown message", kind)
    if target.is_system:
        invalid("/message_reference", "a system message", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE")
    if not asked.may(message.channel, Permission.READ_MESSAGE_HISTORY):
        refuse(160002)
    message.type, message.replied_to = MessageType.REPLY, target
    message.reference = reference_to(target)


def open_for_posting(asked: Asked, channel: Channel) -> None:
    """Unarchive a thread for a message, unless it is locked to the bot."""
    if not channel.is_thread:
        return
    is_closed = channel.is_locked and not asked.may(channel, Permission.MANAGE_THREADS)
    if is_closed:
        refuse(50083 if channel.is_archived else 160005, status=403)
    if channel.is_archived:
        asked.world.change_thread(channel, is_archived=False)


def number_components(components: list[Json]) -> None:
    """Give each component that has none an id of its own."""
    parts = list(parts_in(components))
    taken = {part.get("id") for part in parts}
    following = 1
    for part in parts:
        if not part.get("id"):
            while following in taken:
                following += 1
            taken.add(following)
            part["id"] = following


def _finish(asked: Asked, message: Message) -> None:
    """Look at what depends on several parts: the flag, ids of components, files referred to."""
    has_flag = Flag.IS_COMPONENTS_V2 in message.flags
    if is_v2(message.components) and not has_flag:
        asked.reject("/components", "such components need IS_COMPONENTS_V2")
    if has_flag and not message.components:
        asked.reject("/components", "IS_COMPONENTS_V2 without components")
    number_components(message.components)
    for holder in objects_in([message.embeds, message.components]):
        for name in ("url", "icon_url"):
            if str(holder.get(name, "")).startswith(_SCHEME):
                _link(asked, message, holder, name)
    for part in parts_in(message.components):
        if part["type"] == Part.FILE:
            _describe_file(part, message.attachments)


def _link(asked: Asked, message: Message, holder: Json, name: str) -> None:
    """Put a file's address in the place of `attachment://name`."""
    wanted = str(holder[name]).removeprefix(_SCHEME)
    file = next((file for file in message.attachments if file.name == wanted), None)
    if file is None:
        asked.reject("/attachments", f"there is no file {holder[name]}")
    holder[name] = file.url
    holder["attachment_id"] = str(file.id)


def _describe_file(part: Json, files: list[File]) -> None:
    number = part["file"].get("attachment_id")
    file = next((file for file in files if str(file.id) == number), None)
    if file is not None:
        part |= {"name": file.name, "size": len(file.content)}


def _set_mentions(message: Message, body: Json, default: Json | None) -> None:
    allowed = as_object(body.get("allowed_mentions"))
    document: Json = {"content": message.content, "components": message.components}
    message.mentions = pinged(
        texts_in(document),
        message.author,
        message.channel,
        allowed=default if allowed is None else allowed,
        replied_to=message.replied_to,
    )


def _keep(asked: Asked, message: Message, upload: Upload, body: Json) -> File:
    declared: list[Json] = as_list(body.get("attachments")) or []
    mine = [item for item in declared if str(item.get("id")) == str(upload.number)]
    known = mine[0] if mine else {}
    name = str(known.get("filename") or upload.name)
    file = asked.world.add_file(name, upload.content, description=known.get("description"))
    file.channel_id = message.channel.id
    return file


def _attachments(asked: Asked, message: Message, body: Json) -> list[File]:
    """With a list only what is in it stays or comes; without one, files are added."""
    new: dict[str, Callable[[], File]] = {
        str(upload.number): lambda upload=upload: _keep(asked, message, upload, body)
        for upload in asked.uploads
    }
    if body.get("attachments") is None:
        return [*message.attachments, *(keep() for keep in new.values())]
    old = {str(file.id): file for file in message.attachments}
    found: list[File] = []
    for item in as_list(body["attachments"]) or []:
        name = str(item.get("id"))
        if name not in old and name not in new:
            asked.reject("/attachments", f"there is no attachment {name}")
        found.append(old[name] if name in old else new[name]())
    return found

"""Messages and attachments as Discord writes them in JSON, and who may read their content."""

from __future__ import annotations

import copy

from tests.fakes.discord.clock import iso
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.records import File, Interaction, Message, Person
from tests.fakes.discord.wire import wire_of_channel, wire_of_member, wire_of_person
from tests.fakes.shapes import Json, objects_in

# What is empty for an app without the MESSAGE_CONTENT intent.
_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def wire_of_file(file: File) -> Json:
    """Write an attachment."""
    document: Json = {
        "id": str(file.id),
        "filename": file.name,
        "size": len(file.content),
        "url": file.url,
        "proxy_url": file.url,
    }
    if file.content_type is not None:
        document["content_type"] = file.content_type
    if file.description is not None:
        document["description"] = file.description
    return {**document, "ephemeral": True} if file.is_ephemeral else document


def wire_of_message(message: Message, viewer: Person, *, is_readable: bool = True) -> Json:
    """Write a message as it stands, for the bot that views it.

    Unless it is readable, its content is left out, but for the documented exemptions.
    """
    document = _outline(message, viewer)
    if is_readable or is_readable_anyway(message, viewer):
        document |= _content(message)
    if message.interaction is not None:
        document |= _of_interaction(message.interaction, message)
        document |= {"application_id": str(viewer.id), "webhook_id": str(viewer.id)}
    if (replied_to := message.replied_to) is not None:
        inner = None
        if not replied_to.is_deleted:
            inner = wire_of_message(replied_to, viewer, is_readable=is_readable)
            inner.pop("referenced_message", None)
        document["referenced_message"] = inner
    if (thread := message.thread) is not None and not thread.is_deleted:
        document["thread"] = wire_of_channel(thread, viewer)
    return document


def is_readable_anyway(message: Message, bot: Person) -> bool:
    """Tell whether an app reads a message without the intent.

    Its own, in direct messages, and those that mention it, replies that ping it included.
    """
    return message.channel.is_direct or message.author is bot or bot.id in message.mentions


def without_content(document: Json) -> Json:
    """Empty what needs the intent."""
    return document | _CONTENT


def told(document: Json, message: Message) -> Json:
    """Add to a message what an event about it has besides: guild, author's member, nonce."""
    guild = message.channel.guild
    if message.nonce is not None:
        document = {**document, "nonce": message.nonce}
    if guild is None:
        return document
    document = {**document, "guild_id": str(guild.id)}
    if (member := guild.members.get(message.author.id)) is not None:
        document["member"] = wire_of_member(member, with_user=False)
    return document


def _outline(message: Message, viewer: Person) -> Json:
    guild = message.channel.guild
    roles = set(guild.roles) if guild is not None else set[int]()
    known = guild.members if guild is not None else {}
    users = [known[name].person for name in message.mentions if name in known]
    direct = message.channel.person
    if direct is not None and direct.id in message.mentions:
        users.append(direct)
    edited_at_s = message.edited_at_s
    document: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.type),
        "author": wire_of_person(message.author),
        "timestamp": iso(message.created_at_s),
        "edited_timestamp": iso(edited_at_s) if edited_at_s is not None else None,
        "tts": False,
        "mention_everyone": "everyone" in message.mentions,
        "mentions": [wire_of_person(person) for person in users],
        "mention_roles": [str(name) for name in message.mentions if name in roles],
        "pinned": message.is_pinned,
        "flags": int(message.flags),
        "reactions": [_wire_of_reaction(e, ids, viewer) for e, ids in message.reactions.items()],
        **_CONTENT,
    }
    if message.reference is not None:
        document["message_reference"] = message.reference
    return {key: value for key, value in document.items() if key != "reactions" or value}


def _content(message: Message) -> Json:
    hidden = Flag.SUPPRESS_EMBEDS in message.flags
    document: Json = {
        "content": message.content,
        "embeds": [] if hidden else [{"type": "rich", **embed} for embed in message.embeds],
        "attachments": [wire_of_file(file) for file in message.attachments],
        "components": message.components,
    }
    return _with_fresh_links(document, message) if message.attachments else document


def _with_fresh_links(document: Json, message: Message) -> Json:
    """Sign anew what shows a file of the message."""
    files = {str(file.id): file for file in message.attachments}
    fresh = copy.deepcopy(document)
    for holder in objects_in([fresh["embeds"], fresh["components"]]):
        for name in ("url", "icon_url"):
            if name in holder and (file := files.get(holder.get("attachment_id", ""))):
                holder[name] = file.url
    return fresh


def _wire_of_reaction(emoji: str, people: list[int], viewer: Person) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(people),
        "count_details": {"normal": len(people), "burst": 0},
        "me": viewer.id in people,
        "me_burst": False,
        "burst_colors": [],
    }


def _of_interaction(interaction: Interaction, message: Message) -> Json:
    person = wire_of_person(interaction.person)
    metadata: Json = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": person,
        "authorizing_integration_owners": {},
    }
    if message is not interaction.message and interaction.message is not None:
        metadata["original_response_message_id"] = str(interaction.message.id)
    if interaction.source is not None:
        metadata["interacted_message_id"] = str(interaction.source.id)
    document: Json = {"interaction_metadata": metadata}
    if interaction.command_name is not None:
        metadata["name"] = interaction.command_name
        document["interaction"] = {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "name": interaction.command_name,
            "user": person,
        }
    return document

"""What people write in Discord, as plain text, and the files that they attach."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import discord

from adapters.discord.thread.posting import MESSAGE
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.http import Json
from bot.domain import Attachment, Remark

# https://docs.discord.com/developers/reference#message-formatting
_MARKUP = re.compile(
    r"<(?:@!?(?P<user>\d+)|@&(?P<role>\d+)|#(?P<channel>\d+)|/(?P<command>[^:<>\n]+):\d+"
    r"|a?:(?P<emoji>\w+):\d+|t:(?P<time>-?\d{1,10})(?::\w)?)>"
)
# Messages that people write: plain ones and replies; others tell of pins, boosts, threads.
WRITTEN = frozenset({discord.MessageType.default.value, discord.MessageType.reply.value})
# A message and its cards hold no more.
_MOST_CHARS = 10_000


@dataclass(frozen=True, slots=True)
class Names:
    """What roles and channels are called, by id; whoever is mentioned comes with the message."""

    role: Callable[[str], str | None] = field(default=lambda _: None)
    channel: Callable[[str], str | None] = field(default=lambda _: None)


def plain_text(text: str, people: Iterable[Json], names: Names) -> str:
    """Return a text as its reader sees it; `people` are those whom its message mentions."""
    known = {str(person["id"]): display_name(person) for person in people}

    def shown(found: re.Match[str]) -> str:
        if user := found["user"]:
            return f"@{known.get(user) or user}"
        if role := found["role"]:
            return f"@{names.role(role) or role}"
        if channel := found["channel"]:
            return f"#{names.channel(channel) or channel}"
        if moment := found["time"]:
            return f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d %H:%M} UTC"
        return f"/{found['command']}" if found["command"] else f":{found['emoji']}:"

    return _MARKUP.sub(shown, text).strip()


def said(message: Json, names: Names) -> str:
    """Return all text of a message: what was typed or forwarded, and what apps put into cards."""
    return "\n".join(text for part in _parts(message) for text in _texts(part, names))


def display_name(person: Json) -> str:
    """Return what others see: the name on the server, if it is told, or the person's own."""
    member: Json = person.get("member") or {}
    names = (member.get("nick"), person.get("global_name"), person.get("username"))
    return next((str(name) for name in names if name), "somebody")


def remark_of(message: Json, names: Names) -> Remark | None:
    """Return a message as something that was said; None if it says nothing."""
    listed = ", ".join(file.name for file in attachments(message))
    texts = (said(message, names), f"[attached: {listed}]" if listed else "")
    whole = "\n".join(text for text in texts if text)
    return Remark(display_name(message["author"]), whole[:_MOST_CHARS]) if whole else None


def attachments(message: Json) -> tuple[Attachment, ...]:
    """Return the files of a message, to be fetched when the council begins."""
    origin = f"#{message['channel_id']}/{message['id']}/"
    return tuple(attachment(file, f"{origin}{file['id']}") for file in _files(message))


def attachment(file: Json, origin: str = "") -> Attachment:
    """Return a file to be fetched; `origin` tells in which message it can be found again."""
    kind = str(file.get("content_type") or "text/plain").partition(";")[0]
    return Attachment(str(file.get("filename") or "file"), kind, source=f"{file['url']}{origin}")


async def fresh_link(api: DiscordApi, source: str) -> str:
    """Return the address of a file as it is now: those of Discord end after a day.

    Raises `ChatError`.
    """
    url, _, origin = source.partition("#")
    if not origin:
        return url
    channel, message_id, file_id = origin.split("/")
    try:
        message = await api.call("GET", MESSAGE, {"channel_id": channel, "message_id": message_id})
    except Refused:
        return url  # the message may be gone; its file is not yet
    return next((str(file["url"]) for file in _files(message) if file["id"] == file_id), url)


def addressed(message: discord.Message, bot_user: str) -> tuple[str, bool]:
    """Return a message's text without the mention of us, and whether there was one.

    Our own role counts: Discord offers it beside our name. A reply to us alone does not.
    """
    roles = [
        f"<@&{role.id}>"
        for role in message.role_mentions
        if role.tags is not None and str(role.tags.bot_id) == bot_user
    ]
    text, tokens = message.content, [f"<@{bot_user}>", f"<@!{bot_user}>", *roles]
    # What a message says that mentions but our role may be hidden from us.
    is_ours = bool(roles) or any(token in text for token in tokens)
    for token in tokens:
        text = text.replace(token, " ")
    return text.strip(), is_ours


def names_of(guild: discord.Guild | None) -> Names:
    """Return what roles and channels of a server are called."""
    if guild is None:
        return Names()

    def role(number: str) -> str | None:
        found = guild.get_role(int(number))
        return None if found is None else found.name

    def channel(number: str) -> str | None:
        found = guild.get_channel_or_thread(int(number))
        return None if found is None else found.name

    return Names(role, channel)


def wire_of(message: discord.Message) -> Json:
    """Return a message as Discord's REST API would give it, so far as it is read."""
    reference, is_reply = message.reference, message.type is discord.MessageType.reply
    replied = None
    if is_reply and reference is not None and reference.message_id is not None:
        replied = {
            "channel_id": str(reference.channel_id),
            "message_id": str(reference.message_id),
        }
    return {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "mentions": [
            {"id": str(person.id), "global_name": person.display_name}
            for person in message.mentions
        ],
        "attachments": [_file(file) for file in message.attachments],
        "replied_to": replied,
    }


def _parts(message: Json) -> Iterator[Json]:
    """Give a message and what was forwarded with it."""
    yield message
    for snapshot in message.get("message_snapshots") or ():
        yield snapshot["message"]


def _texts(message: Json, names: Names) -> Iterator[str]:
    people: Sequence[Json] = message.get("mentions") or ()
    texts: list[str | None] = [message.get("content")]
    for embed in message.get("embeds") or ():
        texts += [embed.get("title"), embed.get("description")]
        texts += [f"{one.get('name')}: {one.get('value')}" for one in embed.get("fields") or ()]
    texts += _displayed(message.get("components") or ())
    read = (plain_text(text, people, names) for text in texts if text)
    return (text for text in read if text)


def _displayed(components: Iterable[Json]) -> Iterator[str | None]:
    """Give the texts of components, inner ones too."""
    for component in components:
        yield component.get("content")
        yield from _displayed(component.get("components") or ())


def _files(message: Json) -> list[Json]:
    return [file for part in _parts(message) for file in part.get("attachments") or ()]


def _file(file: discord.Attachment) -> Json:
    return {
        "id": str(file.id),
        "filename": file.filename,
        "content_type": file.content_type,
        "url": file.url,
    }

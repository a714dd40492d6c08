"""What people write in Slack, as plain text, and the files that they attach."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping

from adapters.slack.people import People
from adapters.slack.wire.http import Json
from bot.domain import Attachment
from bot.phrases import left_out

# https://docs.slack.dev/messaging/formatting-message-text: <@U1>, <#C1|name>, <!here>, <url|label>;
# other things in angle brackets are what somebody wrote.
_MARKUP = re.compile(
    r"<(?:@(?P<user>[UW]\w+)|#(?P<channel>[CGD]\w+)|!(?P<word>\w+)(?:\^[^<>|\n]*)?"
    r"|(?P<link>(?:https?|mailto|tel|slack):[^<>|\s]*))(?:\|(?P<label>[^<>\n]*))?>"
)
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_HIDDEN = "Slack does not show it to me."
_MOST_NAMES = 5  # each may take a call

# Messages that people write; other subtypes tell of changes and of people who come and go.
WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


async def plain_text(text: str, people: People, workspace: str) -> str:
    """Return a message as its reader sees it."""
    users = [found["user"] for found in _MARKUP.finditer(text) if found["user"]]
    wanted = list(dict.fromkeys(users))[:_MOST_NAMES]
    found = await asyncio.gather(*(people.person(user, workspace, user) for user in wanted))
    names = {person.id: person.name for person in found}
    shown = _MARKUP.sub(lambda markup: _shown(markup, names), text)
    for escape, character in _ESCAPES:
        shown = shown.replace(escape, character)
    return shown.strip()


def as_markup(typed: str) -> str:
    """Return what was typed in a form as it would come in a message."""
    for escape, character in reversed(_ESCAPES):
        typed = typed.replace(character, escape)
    return typed


def said(message: Json) -> str:
    """Return the text of a message; apps often put all of it into attachments.

    https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments
    """
    parts = [message.get("text")]
    for attachment in message.get("attachments") or ():
        written = [attachment.get(name) for name in ("pretext", "title", "text")]
        parts += written if any(written) else [attachment.get("fallback")]
    return "\n".join(part for part in parts if part)


def attachments(files: Iterable[object]) -> tuple[Attachment, ...]:
    """Return the files of a message, to be fetched when the council begins."""
    found = (_attachment(file) for file in files if isinstance(file, Mapping))
    return tuple(file for file in found if file is not None)


def _attachment(file: Json) -> Attachment | None:
    if file.get("mode") == "tombstone":
        return None  # it was deleted
    name = str(file.get("name") or file.get("title") or "file")
    kind = str(file.get("mimetype") or "text/plain")
    source = file.get("url_private_download") or file.get("url_private")
    if not isinstance(source, str):
        return Attachment(name, kind, fault=left_out(name, _HIDDEN))
    return Attachment(name, kind, source=source)


def _shown(found: re.Match[str], names: Mapping[str, str]) -> str:
    label = found["label"]
    if user := found["user"]:
        return f"@{label or names.get(user) or user}"
    if channel := found["channel"]:
        return f"#{label or channel}"
    if word := found["word"]:
        return label or f"@{word}"
    link = found["link"]
    if not label or link.endswith(label):
        return link.removeprefix("mailto:")
    return f"{label} ({link})"

"""What people write in Slack, as plain text, and the files that they attach."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from adapters.slack.people import People
from bot.domain import Attachment

# https://docs.slack.dev/messaging/formatting-message-text: <@U1>, <#C1|name>, <!here>, <url|label>
_MARKUP = re.compile(r"<(?P<kind>[@#!]?)(?P<target>[^<>|\n]*)(?:\|(?P<label>[^<>\n]*))?>")
_MOST_NAMES = 5  # each may take a call
_MOST_FILES = 20  # what is above ten is refused with a sentence


async def plain_text(text: str, *, bot_user: str, people: People, workspace: str) -> str:
    """Return a message as its reader sees it, without the mention of the bot."""
    text = text.replace(f"<@{bot_user}>", " ")
    users = [found["target"] for found in _MARKUP.finditer(text) if found["kind"] == "@"]
    wanted = list(dict.fromkeys(users))[:_MOST_NAMES]
    names = {user: (await people.person(user, workspace)).name for user in wanted}
    shown = _MARKUP.sub(lambda found: _shown(found, names), text)
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(escape, character)
    return shown.strip()


def attachments(files: Iterable[object]) -> tuple[Attachment, ...]:
    """Return the files of a message, to be fetched when the council begins."""
    found = [_attachment(file) for file in files if isinstance(file, Mapping)]
    return tuple(file for file in found if file is not None)[:_MOST_FILES]


def _attachment(file: Mapping[str, object]) -> Attachment | None:
    source = file.get("url_private_download") or file.get("url_private")
    if not isinstance(source, str):
        return None  # one that was deleted, or that Slack only tells about
    name = str(file.get("name") or file.get("title") or "file")
    return Attachment(name, str(file.get("mimetype") or "text/plain"), source=source)


def _shown(found: re.Match[str], names: Mapping[str, str]) -> str:
    kind, target, label = found["kind"], found["target"], found["label"]
    match kind:
        case "@":
            return f"@{label or names.get(target) or target}"
        case "#":
            return f"#{label or target}"
        case "!":
            return label or f"@{target.partition('^')[0]}"
        case _:
            return target if not label or label == target else f"{label} ({target})"

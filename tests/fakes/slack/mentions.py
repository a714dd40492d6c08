"""What a payload would notify, and where it would lead: for tests of neutralised text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.fakes.shapes import Json, as_flag, as_list, objects_in

# docs.slack.dev/messaging/formatting-message-text. `<!date^…>` is no mention.
_MENTION = re.compile(
    r"<(?:@\w[^>|]*|#\w[^>|]*|!(?:channel|here|everyone|group|subteam\^[^>|]*))(?:\|[^>]*)?>"
)
_BARE = re.compile(r"(?<![\w@])@(?:channel|here|everyone|group)\b")
_ANGLE_LINK = re.compile(r"<((?:https?|mailto|slack|tel):[^>|\s]+)(?:\|[^>]*)?>", re.IGNORECASE)
_BARE_LINK = re.compile(r"(?<![<\w])(?:https?://|mailto:)[^\s<>|)\]]+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)

_ELEMENT_MENTIONS: dict[str, Callable[[Json], str]] = {
    "user": lambda element: f"<@{element.get('user_id')}>",
    "usergroup": lambda element: f"<!subteam^{element.get('usergroup_id')}>",
    "channel": lambda element: f"<#{element.get('channel_id')}>",
    "broadcast": lambda element: f"<!{element.get('range')}>",
}
_URL_FIELDS = ("url", "image_url", "thumb_url", "title_url", "title_link", "from_url", "video_url")
_ARGUMENTS = ("text", "markdown_text", "initial_comment")


def mentions_in(body: Mapping[str, Any]) -> list[str]:
    """Give every mention that would work, as mrkdwn writes it: `<@U1>`, `<!channel>`, `<#C1>`.

    Looked at are rich text, text objects of type mrkdwn, Markdown (blocks, chunks and the
    argument), top-level text and attachments; plain_text and raw_text mention nobody. Words such as
    `@here` count if `link_names` or `parse` make Slack look for them.
    """
    found = [
        _ELEMENT_MENTIONS[item["type"]](item)
        for item in objects_in(dict(body))
        if item.get("type") in _ELEMENT_MENTIONS and _is_mention(item)
    ]
    looks_for_words = as_flag(body.get("link_names")) or body.get("parse") == "full"
    for text in _formatted(body):
        found += _MENTION.findall(text)
        found += _BARE.findall(text) if looks_for_words else []
    return found


def links_in(body: Mapping[str, Any]) -> list[str]:
    """Give every address that a payload leads to or shows: links, buttons, images, bare ones."""
    found = [
        str(item[name])
        for item in objects_in(dict(body))
        for name in _URL_FIELDS
        if isinstance(item.get(name), str)
    ]
    for text in _formatted(body):
        rest = text
        for form in (_ANGLE_LINK, _MARKDOWN_LINK, _REFERENCE):
            found += form.findall(rest)
            rest = form.sub(" ", rest)
        found += _BARE_LINK.findall(rest)
    return found


def _is_mention(element: Json) -> bool:
    names = ("user_id", "usergroup_id", "channel_id", "range")
    return any(name in element for name in names)


def _formatted(body: Mapping[str, Any]) -> Iterator[str]:
    """Give every text in which Slack looks for mentions and links."""
    yield from (str(body[name]) for name in _ARGUMENTS if isinstance(body.get(name), str))
    for item in objects_in({name: body[name] for name in body if name != "attachments"}):
        if item.get("type") in ("mrkdwn", "markdown", "markdown_text"):
            yield str(item.get("text", ""))
        elif item.get("type") == "task_update":
            yield from (str(item.get(name, "")) for name in ("title", "details", "output"))
    for attachment in as_list(body.get("attachments")) or []:
        yield from _strings_in(attachment)


def _strings_in(value: object) -> Iterator[str]:
    for item in objects_in(value):
        yield from (text for text in item.values() if isinstance(text, str))

"""Whom a payload would notify, and where it would lead: for tests of neutralised text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.shapes import Json, as_list, as_object, objects_in

TEXT_DISPLAY = 10
USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(?:everyone|here)")
_ANY = re.compile(rf"{USER.pattern}|{ROLE.pattern}|{EVERYONE.pattern}")

_CODE = re.compile(r"(?<!\\)(`{3,}.*?`{3,}|``.+?``|`[^`\n]+`)", re.DOTALL)
_TARGET = r"https?://(?:[^\s<>()]|\([^\s<>()]*\))+"
_MASKED = re.compile(
    r"(?<!\\)\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])+)\]"
    rf"\(\s*<?({_TARGET})>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.IGNORECASE,
)
_BARE = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_END = ".,:;!?)\"'*_~|]"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that text leads to; without a label it is shown as it is."""

    target: str
    label: str = ""


def mentions_in(body: Mapping[str, Any]) -> list[str]:
    """Give every mention that would ping: `<@1>`, `<@&2>`, `@everyone`, `@here`, `@replied_user`.

    `allowed_mentions` is taken into account; without it everything pings, as in a message of the
    bot (in an interaction's response roles and everybody would not). What the bot may mention, and
    whether somebody exists, is not looked at. Text in code counts, to be on the safe side.
    """
    message = message_in(body)
    allowed = message.get("allowed_mentions")
    found = [
        match.group()
        for text in texts_in(message)
        for match in _ANY.finditer(text)
        if is_allowed(match.group(), as_object(allowed))
    ]
    if message.get("message_reference") and (as_object(allowed) or {"replied_user": True}).get(
        "replied_user"
    ):
        found.append("@replied_user")
    return found


def links_in(body: Mapping[str, Any]) -> list[Link]:
    """Give every link: masked and bare ones in text outside code, and what can be clicked."""
    message = message_in(body)
    found = [link for text in _formatted(message) for link in _links_of(text)]
    for item in objects_in(dict(message)):
        label = str(item.get("label") or item.get("name") or "")
        targets = (item.get("url"), item.get("icon_url"))
        found += [Link(target, label) for target in targets if isinstance(target, str)]
    return found


def message_in(body: Mapping[str, Any]) -> Json:
    """Give the message of a payload: an interaction's `data`, a forum post's `message`, or all."""
    for name in ("data", "message"):
        if (inner := as_object(body.get(name))) is not None:
            return inner
    return dict(body)


def texts_in(message: Mapping[str, Any]) -> Iterator[str]:
    """Give every text in which Discord looks for mentions: the content and text displays."""
    if isinstance(content := message.get("content"), str):
        yield content
    for item in objects_in(as_list(message.get("components"))):
        if item.get("type") == TEXT_DISPLAY and isinstance(item.get("content"), str):
            yield item["content"]


def is_allowed(mention: str, allowed: Json | None) -> bool:
    """Tell whether a mention in the text pings; None is what nothing at all was said of."""
    if allowed is None:
        return True
    kind, ids = "everyone", list[str]()
    if match := USER.fullmatch(mention):
        kind, ids = "users", [match[1]]
    elif match := ROLE.fullmatch(mention):
        kind, ids = "roles", [match[1]]
    if kind in (as_list(allowed.get("parse")) or []):
        return True
    return any(name in map(str, as_list(allowed.get(kind)) or []) for name in ids)


def _formatted(message: Json) -> Iterator[str]:
    yield from texts_in(message)
    for embed in as_list(message.get("embeds")) or []:
        parts = [embed, *(as_list(embed.get("fields")) or [])]
        for part in parts:
            yield from (str(part[name]) for name in ("description", "value") if part.get(name))


def _links_of(text: str) -> Iterator[Link]:
    rest = _CODE.sub(" ", text)
    for match in _MASKED.finditer(rest):
        yield Link(match[2], match[1])
    for match in _BARE.finditer(_MASKED.sub(" ", rest)):
        yield Link(match.group().rstrip(_END))

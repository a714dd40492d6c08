"""Text of models and people, made inert where Slack would read markup in it."""

from __future__ import annotations

import re

from bot.untrusted import harmless

_ZERO_WIDTH = "\u200b"
_CONTROLS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack finds them without brackets, too, where it links names (`link_names`, `parse=full`).
_BROADCAST = re.compile("@(?=channel|here|everyone)", re.IGNORECASE)
# What opens Slack's markup, and each joint without which Markdown's is none: `](` of a link,
# `]:` of a link's definition, `![` of an image. At a piece's end the rest may be on its way.
_OPENERS = re.compile(r"[<@]|\](?=[(:]|\Z)|!(?=\[|\Z)")

# People's ids begin with U or W, those of user groups with S.
_ID = re.compile(r"(?<![\w/.-])[UWS](?=[A-Z]*\d)[A-Z\d]{7,11}(?![\w/.-])")


def escaped(text: str) -> str:
    """Return harmless text for an mrkdwn field or a message's `text`, where it mentions nobody.

    Only `&`, `<` and `>` may be escaped there, other entities are shown as they are:
    https://docs.slack.dev/messaging/formatting-message-text
    """
    return _BROADCAST.sub(f"@{_ZERO_WIDTH}", harmless(text).translate(_CONTROLS))


def named(text: str) -> str:
    """Return harmless text in which ids of people and user groups become their names.

    It is for what one person sees alone: in a channel it would notify them.
    """
    return _ID.sub(_mention, escaped(text))


def streamed(piece: str) -> str:
    """Return a piece of a stream, which Slack reads as Markdown, without mentions, links or images.

    Pieces may break anywhere: what the next one could complete is cut off from it by a zero-width
    space. Addresses that are written out may still become links, since they hide nothing.
    """
    return _OPENERS.sub(lambda found: f"{found[0]}{_ZERO_WIDTH}", harmless(piece))


def _mention(found: re.Match[str]) -> str:
    return f"<!subteam^{found[0]}>" if found[0].startswith("S") else f"<@{found[0]}>"

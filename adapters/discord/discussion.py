"""What was said before a question: the discussion around it, and the message that one replies to.

A question stands without them, and then says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import WRITTEN, Names, remark_of
from adapters.discord.thread.posting import MESSAGE, MESSAGES
from adapters.discord.wire.http import Json
from bot.domain import Attachment, Remark
from bot.errors import ChatError

# A thread that was opened from a message begins with one that only points at it.
_POINTER = 21
# Among them are our own, behind which a discussion may go on.
_PAGE = 100
WITHIN_S = 6.0

_TITLE = "Title of this post"
_LEFT_OUT = "the discussion"
_BLIND = "I see only messages that mention me, so what was said before was left out."
_LOST = "Discord did not show me what was said before, so it was left out."


@dataclass(frozen=True, slots=True)
class Before:
    """What was said, the oldest first, and notes on what was left out."""

    remarks: tuple[Remark, ...] = ()
    notes: tuple[Attachment, ...] = ()


async def before(desk: DiscordDesk, caller: Caller, said: Json, names: Names) -> Before:
    """Return what was said before a message, without what one of us said.

    A direct message has its earlier questions with it; where nothing may be asked nothing is read.
    """
    if caller.is_direct or caller.fault is not None or not desk.discussion:
        return Before()
    titled = () if caller.title is None else (Remark(_TITLE, caller.title),)
    if not desk.can_read:
        return Before(titled, _note(_BLIND))
    try:
        async with asyncio.timeout(WITHIN_S):
            newest_first = await _messages(desk, caller.room, str(said["id"]))
    except (ChatError, TimeoutError):
        return Before(titled, _note(_LOST))
    others = (one for one in newest_first if one["author"]["id"] != desk.bot_user)
    remarks = [remark for one in others if (remark := remark_of(one, names))]
    return Before((*titled, *reversed(remarks[: desk.discussion])))


async def replied_to(desk: DiscordDesk, said: Json) -> Json | None:
    """Return the message that one replies to, None if there is none or it is not to be had."""
    place = cast("Mapping[str, str] | None", said["replied_to"])
    if place is None:
        return None
    try:
        async with asyncio.timeout(WITHIN_S):
            return await desk.api.call("GET", MESSAGE, place, within_s=WITHIN_S)
    except (ChatError, TimeoutError):
        return None


async def _messages(desk: DiscordDesk, room: str, until: str) -> list[Json]:
    """Return what people and other apps wrote in a room before a message, the newest first."""
    ids, params = {"channel_id": room}, {"before": until, "limit": str(_PAGE)}
    found: list[Json] = await desk.api.call("GET", MESSAGES, ids, params=params, within_s=WITHIN_S)
    meant = (one.get("referenced_message") if one["type"] == _POINTER else one for one in found)
    return [one for one in meant if one is not None and one["type"] in WRITTEN]


def _note(sentence: str) -> tuple[Attachment, ...]:
    return (Attachment(_LEFT_OUT, "text/plain", fault=sentence),)

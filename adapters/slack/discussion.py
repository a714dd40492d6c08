"""What was said before a mention. A question stands without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.incoming import WRITTEN, plain_text, said
from adapters.slack.people import People
from adapters.slack.wire.http import Json
from bot.domain import Remark
from bot.errors import ChatError

# Slack wants its acknowledgement within 3 s; who asks, and whether they may, is looked up beside.
_WITHIN_S = 1.2
# Bots' posts are among them, behind which a discussion may go on.
_PAGE = 100
_THREAD_PAGE = 1000  # the oldest come first, and the newest count
_REMARK_CHARS = 4000


async def before(desk: SlackDesk, caller: Caller, event: Json) -> tuple[Remark, ...]:
    """Return what people said before a message, the oldest first.

    In a thread that is its root and the latest replies. A direct message has its earlier questions
    with it. If Slack does not say it at once, or allows no such call, there is nothing.
    """
    if caller.is_direct or not desk.discussion:
        return ()
    try:
        async with asyncio.timeout(_WITHIN_S):
            access = await desk.api.access(caller.workspace)
            written = await _written(desk, caller, str(event["ts"]), access.bot_user)
            return await remarks(written, desk.people, caller.workspace)
    except (ChatError, TimeoutError):
        return ()


async def remarks(messages: Iterable[Json], people: People, workspace: str) -> tuple[Remark, ...]:
    """Return messages as remarks, with the names that others see. Raises nothing of Slack's."""

    async def remark(message: Json) -> Remark:
        user = str(message["user"])
        speaker, text = await asyncio.gather(
            people.person(user, workspace, user), plain_text(said(message), people, workspace)
        )
        return Remark(speaker.name, text[:_REMARK_CHARS])

    return tuple(await asyncio.gather(*map(remark, messages)))


def is_remark(message: Json) -> bool:
    """Say whether a person wrote it, and it says something."""
    is_written = message.get("subtype") in WRITTEN and not message.get("bot_id")
    return bool(is_written and message.get("user") and said(message).strip())


async def _written(desk: SlackDesk, caller: Caller, until: str, bot_user: str) -> Sequence[Json]:
    asked = {"channel": caller.channel, "latest": until, "inclusive": False}
    if caller.thread is None:
        asked |= {"limit": _PAGE}
        answer = await desk.api.call(
            "conversations.history", caller.workspace, asked, within_s=_WITHIN_S
        )
        newest_first = [one for one in answer.get("messages") or () if is_remark(one)]
        return newest_first[: desk.discussion][::-1]
    asked |= {"ts": caller.thread, "limit": _THREAD_PAGE}
    answer = await desk.api.call(
        "conversations.replies", caller.workspace, asked, within_s=_WITHIN_S
    )
    # What was asked of the council here comes as its earlier questions.
    mention = f"<@{bot_user}"
    thread = [one for one in answer.get("messages") or () if is_remark(one)]
    others = [one for one in thread if mention not in said(one) and one["ts"] != until]
    root = [one for one in others[:1] if one["ts"] == caller.thread]
    return [*root, *others[len(root) :][-desk.discussion :]]

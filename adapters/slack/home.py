"""The Home tab: what the council is, where it sits, what it answered last, how to begin."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.slack.blocks import Block, header, lines, safe, section, small
from adapters.slack.caller import PLATFORM
from adapters.slack.desk import Desk
from adapters.slack.marks import mark
from adapters.slack.replies import help_text, root_link
from adapters.slack.untrusted import escaped
from bot.domain import Council, Deliberation
from bot.ports import Scope

_MOST_LISTED = 10
_MOST_CHANNELS = 200
_SHOWN_CHANNELS = 30
_WITHIN_S = 1.0


async def publish(desk: Desk, user: str, workspace: str) -> None:
    """Show a person their Home tab. Raises `ChatError`, `StorageError`."""
    channels = await _channels(desk, user, workspace)
    scope = Scope(PLATFORM, workspace, tuple(channels))
    latest = await desk.app.history(limit=_MOST_LISTED, within=scope)
    listed = [await _line(desk, one, channels) for one in latest]
    view = _view(desk, sorted(channels.values()), listed)
    await desk.api.call("views.publish", workspace, {"user_id": user, "view": view})


async def _channels(desk: Desk, user: str, workspace: str) -> dict[str, str]:
    """Return the channels, with their names, that both the person and the bot are in."""
    theirs, ours = await asyncio.gather(
        _joined(desk, workspace, user), _joined(desk, workspace, None)
    )
    return {channel: name for channel, name in theirs.items() if channel in ours}


async def _joined(desk: Desk, workspace: str, user: str | None) -> dict[str, str]:
    answer = await desk.api.call(
        "users.conversations",
        workspace,
        {
            "user": user,
            "types": "public_channel,private_channel",
            "exclude_archived": True,
            "limit": _MOST_CHANNELS,
        },
        within_s=_WITHIN_S,
    )
    return {str(found["id"]): str(found["name"]) for found in answer["channels"]}


async def _line(desk: Desk, deliberation: Deliberation, channels: dict[str, str]) -> str:
    question = safe(deliberation.question.text, 120)
    link = await root_link(desk, deliberation)
    shown = f"<{escaped(link)}|{question}>" if link else question
    channel = safe(channels[deliberation.question.place.channel], 80)
    return f"• {shown} · #{channel} · {deliberation.state}"


def _view(desk: Desk, channels: Sequence[str], latest: Sequence[str]) -> Block:
    more = len(channels) - _SHOWN_CHANNELS
    shown = [f"#{safe(name, 80)}" for name in channels[:_SHOWN_CHANNELS]]
    shown += [f"and {more} more"] if more > 0 else []
    invite = f"Invite me to a channel: `/invite @{safe(desk.bot, 60)}`"
    blocks = [
        header("Council"),
        section(help_text(desk)),
        {"type": "divider"},
        header("Who sits"),
        *lines(_seats(desk.council)),
        header("Your channels"),
        section(f"In all of them sits this council: {', '.join(shown)}" if shown else invite),
        header("Last answers"),
        *(lines(latest) if latest else [section("Nothing was asked there yet.")]),
        small("Answers of models can be wrong, also when they agree."),
    ]
    return {"type": "home", "blocks": blocks}


def _seats(council: Council) -> list[str]:
    seats = [
        f"{mark(seat.model)} *{safe(seat.name, 60)}* · {safe(seat.model, 120)}"
        for seat in council.members
    ]
    chair = council.chairman
    return [*seats, f"{mark(chair.model)} *{safe(chair.name, 60)}* · chairman"]

"""The Home tab: what the council is, where it sits, what it answered last, how to begin."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from adapters.slack.caller import PLATFORM
from adapters.slack.desk import SlackDesk
from adapters.slack.replies import HELP, linked
from adapters.slack.thread.blocks import Block, header, lines, safe, section, small
from adapters.slack.wire.http import Json
from bot.domain import Council, Place
from bot.marks import mark
from bot.ports import Scope
from bot.replies import latest

_PAGE = 200  # what Slack recommends
_MOST_PAGES = 10
_SHOWN_CHANNELS = 50
_SHOWN_SEATS = 30
_INVITE = "None yet. Type `/invite @Council` in a channel, and ask there."


async def publish(desk: SlackDesk, user: str, workspace: str) -> None:
    """Show a person their Home tab. Raises `ChatError`, `StorageError`."""
    channels = await _channels(desk, user, workspace)
    scope = Scope(PLATFORM, workspace, tuple(channels))
    listed = [
        f"• {await linked(desk, one)} · <#{one.deliberation.question.place.channel}> "
        f"· {one.deliberation.state}"
        for one in await latest(desk, scope)
    ]
    terms = await desk.team.terms(Place(PLATFORM, workspace, ""))
    names = sorted(channels, key=lambda channel: channels[channel])
    view = _view(terms.council, names, listed)
    await desk.api.call("views.publish", workspace, {"user_id": user, "view": view})


async def _channels(desk: SlackDesk, user: str, workspace: str) -> Mapping[str, str]:
    """Return the channels, with their names, that both the person and the bot are in."""
    team = await desk.people.team_of(user, workspace)
    theirs, ours = await asyncio.gather(
        _joined(desk, workspace, {"team_id": team, "user": user}),
        _joined(desk, workspace, {"team_id": team}),
    )
    return {channel: name for channel, name in theirs.items() if channel in ours}


async def _joined(desk: SlackDesk, workspace: str, whose: Json) -> Mapping[str, str]:
    kinds = {"types": "public_channel,private_channel", "exclude_archived": True, "limit": _PAGE}
    joined: dict[str, str] = {}
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        asked = {**whose, **kinds, "cursor": cursor}
        answer = await desk.api.call("users.conversations", workspace, asked)
        joined |= {str(found["id"]): str(found["name"]) for found in answer["channels"]}
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            break
    return joined


def _view(council: Council, channels: Sequence[str], latest: Sequence[str]) -> Block:
    # A channel's id is shown by its name, and to nobody who may not see it.
    shown = [f"<#{channel}>" for channel in channels[:_SHOWN_CHANNELS]]
    more = len(channels) - len(shown)
    shown += [f"and {more} more"] if more else []
    sits = f"Where nothing else is set, this council sits in {', '.join(shown)}"
    blocks = [
        header("Council"),
        section(HELP),
        {"type": "divider"},
        header("Who sits"),
        *lines(_seats(council)),
        header("Your channels"),
        section(sits if shown else _INVITE),
        header("Last answers"),
        *lines(latest or ["Nothing was asked there yet."]),
        small("Answers of models can be wrong, also when they agree."),
    ]
    return {"type": "home", "blocks": blocks}


def _seats(council: Council) -> list[str]:
    seats = [
        f"{mark(seat.model)} *{safe(seat.name, 60)}* · {safe(seat.model, 120)}"
        for seat in council.members[:_SHOWN_SEATS]
    ]
    chair = council.chairman
    return [*seats, f"{mark(chair.model)} *{safe(chair.name, 60)}* · chairman"]

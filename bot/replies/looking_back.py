"""Deliberations and members, looked back at."""

from __future__ import annotations

from bot import phrases
from bot.desk import Desk
from bot.domain import Deliberation, MemberRecord, Place, State
from bot.domain.reports import Usage
from bot.errors import NotFound
from bot.replies.lists import channel_of, listed
from bot.replies.reply import Reply
from bot.untrusted import one_line

_UNKNOWN = "There is no such question in this channel; /council history lists them with their ids."
_NOTHING_ENDED = "No council has ended in this channel yet, so there is nothing to count."
_FARED = "How the members fared in this channel's latest councils:"
_STILL = "It is still {}; the final answer comes in its thread."
_CANCELLED = "It was cancelled before there was a final answer."
_FAILED = "It failed."
_NAME_CHARS = 60
_MODEL_CHARS = 100


async def show(desk: Desk, place: Place, deliberation_id: str) -> Reply:
    """Show a deliberation of this channel again, with the way to its thread. Raises `NotFound`."""
    try:
        known = await desk.app.show(deliberation_id, within=channel_of(place))
    except NotFound as error:
        raise NotFound(_UNKNOWN) from error
    entries = await listed(desk, [known], [f"{known.state} · id {known.id}"])
    return Reply(_state(known), entries, deliberation=known)


async def statistics(desk: Desk, place: Place) -> Reply:
    """Say how the members fared in this channel."""
    found = await desk.team.statistics.members(place)
    if not found:
        return Reply(_NOTHING_ENDED)
    return Reply(_FARED, lines=tuple(map(_line, found)))


def _state(known: Deliberation) -> str:
    """Say why there is no final answer; empty if there is one."""
    match known.state:
        case State.DONE:
            return ""
        case State.CANCELLED:
            return _CANCELLED
        case State.FAILED:
            return one_line(known.reason or _FAILED)
        case running:
            return _STILL.format(running)


def _line(record: MemberRecord) -> str:
    name, model = one_line(record.member, _NAME_CHARS), one_line(record.model, _MODEL_CHARS)
    return f"{name} ({model}): {' · '.join([*_answers(record), *_reviews(record), *_rest(record)])}"


def _answers(record: MemberRecord) -> list[str]:
    parts = [f"sat {_times(record.sat)}"]
    if record.ranked:
        parts.append(f"won {record.won:,} of {record.ranked:,}")
    if record.flagged:
        parts.append(f"flagged {_times(record.flagged)}")
    if record.failed:
        parts.append(f"failed {_times(record.failed)}")
    return parts


def _reviews(record: MemberRecord) -> list[str]:
    parts = [phrases.counted(record.reviews, "review")] if record.reviews else []
    if record.agreement is not None:
        parts.append(f"agrees with the others to {record.agreement:.0%}")
    if record.weight < 1:
        parts.append(f"its ballots count {record.weight:.2f}")
    return parts


def _rest(record: MemberRecord) -> list[str]:
    parts: list[str] = []
    if record.latency_s is not None:
        parts.append(f"answers in {phrases.seconds(record.latency_s)}")
    if record.cost_usd is not None:
        parts.append(phrases.cost(Usage(0, 0, record.cost_usd)))
    if record.praised or record.blamed:
        parts.append(f"{record.praised} up, {record.blamed} down for what it won")
    return parts


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"

"""What the bot answers to one person alone: what runs, what was asked before, what was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot import phrases
from bot.desk import Desk
from bot.domain import Council, Deliberation, Person, Place
from bot.ports import Scope
from bot.replies.reply import Entry, Reply
from bot.reports import ROOT
from bot.untrusted import one_line

_IDLE = "The council is not working on anything in this channel."
_NOTHING_ASKED = "Nothing was asked in this channel yet."
_NOTHING_FOUND = "No question of this channel holds these words. To ask them, begin with ask."
_STOPPED = "Stopped. What was answered so far stays in the thread."
_WHICH = "Several are running. Which one? Put its id after cancel."
_MOST_LISTED = 10
_QUESTION_CHARS = 120
_WORDS_CHARS = 200  # the database looks for each word
_MINUTE_S = 60


def seating(council: Council) -> str:
    """Say who sits."""
    members = phrases.joined(one_line(member.name, 60) for member in council.members)
    chairman = one_line(council.chairman.name, 60)
    return f"Here sit {members}; {chairman} has the chair. Mode: {council.mode}."


async def status(desk: Desk, place: Place) -> Reply:
    """Say what the council is working on in a channel."""
    running = await _running(desk, channel_of(place))
    if not running:
        return Reply(_IDLE)
    return Reply(entries=await listed(desk, running, [_age(one) for one in running]))


async def history(desk: Desk, place: Place, words: str) -> Reply:
    """List the latest questions of a channel that hold all words."""
    found = await latest(desk, channel_of(place), words)
    if found:
        return Reply(entries=found)
    return Reply(_NOTHING_FOUND if words else _NOTHING_ASKED)


async def latest(desk: Desk, scope: Scope, words: str = "") -> tuple[Entry, ...]:
    """Return the latest questions of some channels that hold all words."""
    found = await desk.app.history(words[:_WORDS_CHARS], _MOST_LISTED, within=scope)
    return await listed(desk, found, [f"{one.state} · id {one.id}" for one in found])


async def cancel(desk: Desk, by: Person, place: Place, deliberation_id: str | None) -> Reply:
    """Stop a deliberation of a channel, the only one that runs if none is named.

    Raises `WrongUse` if it has ended, is not of this channel, or is not this person's to stop.
    """
    scope = channel_of(place)
    if deliberation_id is None:
        running = await _running(desk, scope)
        if len(running) > 1:
            return Reply(_WHICH, await listed(desk, running, [f"id {one.id}" for one in running]))
        if not running:
            return Reply(_IDLE)
        deliberation_id = running[0].id
    await desk.app.cancel(deliberation_id, by=by, within=scope)
    return Reply(_STOPPED)


async def listed(
    desk: Desk, deliberations: Sequence[Deliberation], more: Sequence[str]
) -> tuple[Entry, ...]:
    """Return deliberations as entries of a list; `more` is what is said of each."""
    entries: list[Entry] = []
    for one, rest in zip(deliberations, more, strict=True):
        posts = await desk.outbox.owed(one.id)
        there = (post for post in posts if post.slot == ROOT and post.message_id is not None)
        question = one_line(one.question.text, _QUESTION_CHARS)
        said = f"{one_line(one.question.asker, 60)} · {rest}"
        entries.append(Entry(one, question, said, next(there, None)))
    return tuple(entries)


def channel_of(place: Place) -> Scope:
    """Return what people of a channel may see: it with its threads."""
    return Scope(place.platform, place.workspace, (place.channel,))


async def _running(desk: Desk, scope: Scope) -> tuple[Deliberation, ...]:
    return await desk.app.history(limit=_MOST_LISTED, within=replace(scope, is_open=True))


def _age(deliberation: Deliberation) -> str:
    minutes = (datetime.now(UTC) - deliberation.created_at).total_seconds() // _MINUTE_S
    return f"{deliberation.state} · {minutes:.0f} min" if minutes else str(deliberation.state)

"""What the bot says to one person alone: help, what runs, what was asked before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from adapters.slack.blocks import safe
from adapters.slack.caller import Caller
from adapters.slack.desk import Desk
from adapters.slack.permalinks import permalink
from adapters.slack.untrusted import escaped
from bot import phrases
from bot.domain import Deliberation
from bot.errors import ChatError
from bot.reports import ROOT

_MOST_LISTED = 10
_QUESTION_CHARS = 120
_MINUTE_S = 60

_HELP = """*Ask one question, get one well-founded answer.* Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

• `/council Which database suits an event log?` asks; so does mentioning me, in a thread too, or \
writing to me directly
• _Ask the council about this_ in a message's menu asks about that message, with its files
• `/council status` shows what the council is working on in this channel
• `/council cancel` stops it
• `/council history event log` finds earlier questions of this channel
• `/council ask history of Rome` asks, whatever the question begins with

{council}"""


def help_text(desk: Desk) -> str:
    """Say what the bot can do and who sits."""
    council = desk.council
    members = phrases.joined(member.name for member in council.members)
    chairman = safe(council.chairman.name, 60)
    line = f"Here sit {escaped(members)}; {chairman} has the chair. Mode: {council.mode}."
    return _HELP.format(council=line)


async def status_text(desk: Desk, caller: Caller) -> str:
    """Say what the council is working on in a channel."""
    running = await open_ones(desk, caller)
    if not running:
        return "The council is not working on anything in this channel."
    return "\n".join([await _line(desk, one, _since(one)) for one in running])


async def history_text(desk: Desk, caller: Caller, words: str) -> str:
    """List the latest questions of a channel that hold all words."""
    found = await desk.app.history(words, _MOST_LISTED, within=caller.scope)
    if not found and words:
        ask = f"`/council ask history {safe(words, 100)}`"
        return f"No question of this channel holds these words. To ask it as a question: {ask}"
    if not found:
        return "Nothing was asked in this channel yet."
    return "\n".join([await _line(desk, one, str(one.state)) for one in found])


async def cancel_text(desk: Desk, caller: Caller, deliberation_id: str | None) -> str:
    """Stop a deliberation of this channel, the only one that runs if none is named."""
    if deliberation_id is None:
        running = await open_ones(desk, caller)
        if not running:
            return "The council is not working on anything in this channel."
        if len(running) > 1:
            listed = [await _line(desk, one, f"`/council cancel {one.id}`") for one in running]
            return "\n".join(["Several are running. Which one?", *listed])
        deliberation_id = running[0].id
    person = await desk.people.person(caller.user, caller.workspace, caller.name)
    await desk.app.cancel(deliberation_id, by=person, within=caller.scope)
    return "Stopped. What was answered so far stays in the thread."


async def open_ones(desk: Desk, caller: Caller) -> Sequence[Deliberation]:
    """Return what the council is working on in a channel."""
    scope = replace(caller.scope, is_open=True)
    return await desk.app.history(limit=_MOST_LISTED, within=scope)


async def _line(desk: Desk, deliberation: Deliberation, more: str) -> str:
    question = safe(deliberation.question.text, _QUESTION_CHARS)
    link = await root_link(desk, deliberation)
    shown = f"<{escaped(link)}|{question}>" if link else question
    asker = safe(deliberation.question.asker, 60)
    return f"• {shown} · {asker} · {more}"


async def root_link(desk: Desk, deliberation: Deliberation) -> str | None:
    """Return the address of the message that opened a deliberation's thread, once it is there."""
    place = deliberation.question.place
    for post in await desk.outbox.owed(deliberation.id):
        if post.slot == ROOT and post.message_id is not None:
            try:
                access = await desk.api.access(place.workspace)
            except ChatError:
                return None
            return permalink(access.url, place.channel, post.message_id, place.thread)
    return None


def _since(deliberation: Deliberation) -> str:
    minutes = (datetime.now(UTC) - deliberation.created_at).total_seconds() // _MINUTE_S
    return f"{deliberation.state} since {minutes:.0f} min" if minutes else str(deliberation.state)

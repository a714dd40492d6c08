"""What the bot says to one person alone: help, what runs, what was asked before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from adapters.slack.caller import Caller
from adapters.slack.desk import Desk
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.blocks import safe
from adapters.slack.thread.permalinks import permalink
from bot import phrases
from bot.domain import Deliberation
from bot.reports import ROOT

HELP = """*Ask one question, get one well-founded answer.* Several models answer on their own, \
review each other's answers without knowing whose they are, and a chairman writes the final answer.

• `/council Which database suits an event log?` asks; so does mentioning me, in a thread too, or \
writing to me directly
• _Ask the council_ in a message's menu asks about that message, with its files
• `/council status` shows what the council is working on in this channel
• `/council cancel` stops it
• `/council history event log` finds earlier questions of this channel
• `/council ask history of Rome` asks, whatever the question begins with"""

_IDLE = "The council is not working on anything in this channel."
_MOST_LISTED = 10
_QUESTION_CHARS = 120
_MEMBERS_CHARS = 400
_WORDS_CHARS = 200  # the database looks for each word
_MINUTE_S = 60


def help_text(desk: Desk) -> str:
    """Say what the bot can do and who sits."""
    council = desk.council
    members = phrases.joined(member.name for member in council.members)
    line = f"Here sit {safe(members, _MEMBERS_CHARS)}; {safe(council.chairman.name, 60)} has"
    return f"{HELP}\n\n{line} the chair. Mode: {council.mode}."


async def status_text(desk: Desk, caller: Caller) -> str:
    """Say what the council is working on in a channel."""
    running = await _running(desk, caller)
    return "\n".join([await _line(desk, one, _age(one)) for one in running]) or _IDLE


async def history_text(desk: Desk, caller: Caller, words: str) -> str:
    """List the latest questions of a channel that hold all words."""
    wanted = words[:_WORDS_CHARS]
    found = await desk.app.history(wanted, _MOST_LISTED, within=caller.scope)
    if found:
        return "\n".join([await _line(desk, one, str(one.state)) for one in found])
    if not words:
        return "Nothing was asked in this channel yet."
    ask = f"`/council ask history {safe(wanted)}`"
    return f"No question of this channel holds these words. To ask it as a question: {ask}"


async def cancel_text(desk: Desk, caller: Caller, deliberation_id: str | None) -> str:
    """Stop a deliberation of this channel, the only one that runs if none is named."""
    if deliberation_id is None:
        running = await _running(desk, caller)
        if len(running) > 1:
            listed = [await _line(desk, one, f"`/council cancel {one.id}`") for one in running]
            return "\n".join(["Several are running. Which one?", *listed])
        if not running:
            return _IDLE
        deliberation_id = running[0].id
    await desk.stop(caller, deliberation_id)
    return "Stopped. What was answered so far stays in the thread."


async def linked(desk: Desk, deliberation: Deliberation) -> str:
    """Return a question as a link to the message that opened its thread, once that is there.

    Raises `ChatError`, `StorageError`.
    """
    question = safe(deliberation.question.text, _QUESTION_CHARS)
    place = deliberation.question.place
    for post in await desk.outbox.owed(deliberation.id):
        if post.slot == ROOT and post.message_id is not None:
            access = await desk.api.access(place.workspace)
            link = permalink(access.url, place.channel, post.message_id, place.thread)
            return f"<{escaped(link)}|{question}>"
    return question


async def _running(desk: Desk, caller: Caller) -> tuple[Deliberation, ...]:
    scope = replace(caller.scope, is_open=True)
    return await desk.app.history(limit=_MOST_LISTED, within=scope)


async def _line(desk: Desk, deliberation: Deliberation, more: str) -> str:
    asker = safe(deliberation.question.asker, 60)
    return f"• {await linked(desk, deliberation)} · {asker} · {more}"


def _age(deliberation: Deliberation) -> str:
    minutes = (datetime.now(UTC) - deliberation.created_at).total_seconds() // _MINUTE_S
    return f"{deliberation.state} · {minutes:.0f} min" if minutes else str(deliberation.state)

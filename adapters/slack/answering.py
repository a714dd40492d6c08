"""What is answered with an acknowledgement, and what comes too late for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.windows import shown
from adapters.slack.forms.parts import Entered, Outcome, fault, loading, told, warned
from adapters.slack.rich.untrusted import escaped
from adapters.slack.whispers import Said, whisper
from adapters.slack.wire.http import Json
from bot.desk import apology
from bot.errors import CouncilError, WrongUse

# Slack gives up after 3 s; what takes longer goes on, and is said when it comes.
_WITHIN_S = 2.5
_DONE = "Done. Close this window to go on."

T = TypeVar("T")


def say(desk: SlackDesk, caller: Caller, said: Said) -> None:
    """Say something to one person, behind the acknowledgement."""
    if said:
        desk.errands.begin(whisper(desk, caller, said))


async def in_time(desk: SlackDesk, caller: Caller, work: Coroutine[Any, Any, T]) -> T | str | None:
    """Return what a listener says; what comes too late for the acknowledgement is whispered."""
    saying = desk.errands.begin(_spoken(work))
    await asyncio.wait({saying}, timeout=_WITHIN_S)
    if saying.done():
        return saying.result()

    async def say_later() -> None:
        say(desk, caller, cast("Said", await saying))

    desk.errands.begin(say_later())
    return None


async def outcome_in_time(
    desk: SlackDesk, caller: Caller, view: Json, work: Coroutine[Any, Any, Outcome]
) -> Outcome:
    """Return what becomes of a form; what comes too late for the acknowledgement is shown later."""
    settling = desk.errands.begin(_settled(view, work))
    await asyncio.wait({settling}, timeout=_WITHIN_S)
    if settling.done():
        return settling.result()

    async def show_later() -> None:
        outcome = await settling
        sentences = list(outcome.errors.values()) or [_DONE]
        late = outcome.view or told(_title(view), sentences)
        await shown(desk, caller.workspace, str(view["id"]), late)

    desk.errands.begin(show_later())
    return Outcome(view=loading(_title(view)))


async def moved(
    desk: SlackDesk, caller: Caller, view: Json, work: Coroutine[Any, Any, None]
) -> None:
    """Do what was clicked in a window; if it cannot be done, the window says so.

    What may be tried again leaves the window as it is.
    """
    try:
        await work
    except CouncilError as error:
        why = apology(error, "Slack")
        is_final = isinstance(error, WrongUse)
        after = fault(_title(view), why) if is_final else warned(view, why)
        await shown(desk, caller.workspace, str(view["id"]), after)


async def _spoken(work: Coroutine[Any, Any, T]) -> T | str:
    """Return what a listener says, or why it could not do what it was asked for."""
    try:
        return await work
    except CouncilError as error:
        return escaped(apology(error, "Slack"))


async def _settled(view: Json, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Return what becomes of a form; it stays as it is if it may be sent again."""
    try:
        return await work
    except WrongUse as error:
        return Outcome(view=fault(_title(view), str(error)))
    except CouncilError as error:
        entered = Entered(view)
        return Outcome({entered.first: apology(error, "Slack")}).at(entered)


def _title(view: Json) -> str:
    return str((view.get("title") or {}).get("text") or "Council")

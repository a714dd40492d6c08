"""Adding and editing questions that repeat."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.windows import opened
from adapters.slack.forms.parts import INPUT_CHARS, Entered, Outcome, told
from adapters.slack.forms.schedules import (
    EDIT_TITLE,
    NEW_TITLE,
    QUESTION,
    WHEN,
    entered_plan,
    schedule_form,
)
from adapters.slack.thread.blocks import Block
from adapters.slack.wire.http import Json
from bot.desk import TOO_LATE
from bot.domain import Schedule
from bot.errors import BadConfig, BadQuestion, NotFound, WrongUse
from bot.team.rights import check_asking
from bot.team.schedules.scheduling import add, edit, found
from bot.team.schedules.times import described
from bot.team.schedules.times import told as moment_told

_FORM = "slack schedule"
_TOO_LONG = (
    "This question is longer than Slack's forms take; change it with "
    '/council schedule edit {} "daily 10:00" What is new today?'
)


async def open_schedule(desk: SlackDesk, caller: Caller, schedule_id: str = "") -> None:
    """Open the form for a schedule, a new one if none is named. Raises `WrongUse`, `ChatError`."""
    title = EDIT_TITLE if schedule_id else NEW_TITLE
    command = f"/council schedule edit {schedule_id}" if schedule_id else "/council schedule add"
    make = partial(_view, desk, caller, schedule_id)
    await opened(desk, caller, title, make, command=command)


async def open_new_schedule(desk: SlackDesk, caller: Caller, _: str) -> None:
    """Open the form for a new schedule, by its button."""
    await open_schedule(desk, caller)


async def take_schedule(desk: SlackDesk, caller: Caller, view: Json) -> Outcome:
    """Add or change what was entered, and say when it is asked."""
    ticket = str(view.get("private_metadata") or "")
    kept = await desk.kept(_FORM, ticket, workspace=caller.workspace, user=caller.user)
    if kept is None:
        raise NotFound(TOO_LATE)
    here, schedule_id = replace(caller, channel=str(kept["channel"])), str(kept["schedule"])
    fault = await desk.channels.fault(here.channel, here.workspace)
    if fault is not None:
        raise WrongUse(fault)
    person, entered = await desk.person(here, is_fresh=True), Entered(view)
    plan = entered_plan(entered)
    try:
        if schedule_id:
            schedule = await edit(desk.team, person, here.place, schedule_id, plan)
        else:
            schedule = await add(desk.team, person, here.place, plan, delivery=f"view:{view['id']}")
    except BadQuestion as error:
        return Outcome({QUESTION: str(error)}).at(entered)
    except BadConfig as error:
        return Outcome({WHEN: str(error)}).at(entered)
    return Outcome(view=told(EDIT_TITLE if schedule_id else NEW_TITLE, _told(schedule)))


async def _view(desk: SlackDesk, caller: Caller, schedule_id: str) -> Block:
    terms = await desk.team.terms(caller.place)
    check_asking(await desk.person(caller), terms)
    schedule = await found(desk.team, caller.place, schedule_id) if schedule_id else None
    if schedule is not None and len(schedule.question) > INPUT_CHARS:
        raise WrongUse(_TOO_LONG.format(schedule_id))
    kept = {
        "workspace": caller.workspace,
        "user": caller.user,
        "channel": caller.channel,
        "schedule": schedule_id,
    }
    return schedule_form(await desk.keep(_FORM, kept), terms.time_zone, schedule)


def _told(schedule: Schedule) -> list[str]:
    when = described(schedule.rule, schedule.time_zone)
    lines = [f"“{schedule.question}”", f"Asked {when}; its id is {schedule.id}."]
    if schedule.next_due_at is not None:
        lines.append(f"Next {moment_told(schedule.next_due_at, schedule.time_zone)}.")
    return lines

"""The form for a question that repeats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.fields import Field, choice, form, line, paragraph
from adapters.discord.given import Given
from adapters.discord.incoming import Names
from adapters.discord.listeners import answer, check_repeating
from adapters.discord.replies import Said, returned
from adapters.discord.rich.untrusted import escaped, size
from adapters.discord.thread.components import Choice
from adapters.discord.wire.http import Json
from bot.commands import Schedule
from bot.errors import WrongUse
from bot.team.schedules.scheduling import Plan, found

ADD, CHANGE = "council:schedule", "council:reschedule"

# Discord takes no longer text in a form.
_MOST_CHARS = 4_000
_TOO_LONG = (
    "This question is too long for a form: remove it with `/council schedule remove`, and add it "
    "again with the options of `/council schedule add`."
)
_YES, _NO = "yes", "no"
_WHEN = Field(
    "when",
    "When",
    "In the channel's time zone. A cron expression of five fields will do, too.",
    placeholder="weekdays 09:00",
    is_required=True,
    most=200,
)
_QUESTION = Field(
    "question",
    "Question",
    "{date} and {weekday} become those of the day on which it is asked.",
    placeholder="What should we watch today?",
    is_required=True,
    most=_MOST_CHARS,
)
_DISCUSSION = Field("discussion", "What was said here since the last time")
_TAKES = (Choice("Comes along", _YES), Choice("Stays out", _NO))
# A time is told from the question after it by these.
_QUOTES = re.compile(r"[\"“”„‟«»]")


def plan_of(given: Given) -> Plan:
    """Return what the options of a command say, as far as they do."""
    is_taken = given.options.get("discussion") is True
    return Plan(given.text("when"), given.text("question"), is_taken)


def entered_plan(entered: Mapping[str, str]) -> Plan:
    """Return what was entered in the form."""
    return Plan(entered["when"], entered["question"], entered["discussion"] == _YES)


async def planned(
    desk: DiscordDesk,
    caller: Caller,
    names: Names,
    plan: Plan,
    delivery: str,
    schedule_id: str = "",
) -> Said:
    """Add a plan, or put it in place of one that is known; a refusal gives the question back."""
    plain = replace(plan, question=await desk.plain(plan.question, caller, names))
    written = _written(plain)
    edited = Schedule("edit", f"{schedule_id} {written}")
    command = edited if schedule_id else Schedule("add", written)
    try:
        return await answer(desk, caller, command, names, delivery)
    except WrongUse as error:
        return returned(escaped(str(error)), plan.question)


async def new_form(caller: Caller, plan: Plan) -> Json:
    """Ask for a plan, where there can be one. Raises `WrongUse`."""
    check_repeating(caller)
    return add_form(plan)


def add_form(plan: Plan) -> Json:
    """Ask for a plan; what was given already stands there."""
    return form("Let a question repeat", f"{ADD}:new", _fields(plan))


async def change_form(desk: DiscordDesk, caller: Caller, schedule_id: str) -> Json | str:
    """Ask what should change of a schedule, or say why no form can. Raises `WrongUse`."""
    check_repeating(caller)
    known = await found(desk.team, replace(caller.place, thread=None), schedule_id)
    if size(known.question) > _MOST_CHARS:
        return _TOO_LONG
    plan = Plan(known.typed, known.question, known.takes_discussion)
    return form("Change a question that repeats", f"{CHANGE}:{known.id}", _fields(plan))


def _fields(plan: Plan) -> list[Json]:
    takes = choice(_DISCUSSION, _TAKES, _YES if plan.takes_discussion else _NO)
    return [line(_WHEN, plan.typed), paragraph(_QUESTION, plan.question), takes]


def _written(plan: Plan) -> str:
    discussion = "with" if plan.takes_discussion else "without"
    return f'"{_QUOTES.sub("", plan.typed)}" {discussion} discussion {plan.question}'

"""The questions that repeat in a channel.

`add "weekdays 09:00" What should we watch today?`: the time stands in quotes, straight or
typographic, or without any where it can be told from the question. After it, `with discussion`
lets what was said in the channel come along. `edit ID` takes the same; what is left out stays.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.commands import Schedule as Command
from bot.desk import Desk
from bot.domain import Person, Place, Schedule
from bot.errors import BadConfig, WrongUse
from bot.replies.reply import Reply
from bot.team.asking import Team
from bot.team.schedules import scheduling
from bot.team.schedules.scheduling import Plan
from bot.team.schedules.times import described, read, told
from bot.untrusted import one_line

# Of what stands at the beginning: "on the first of each month at 9 a.m."
_MOST_TIME_WORDS = 10
_QUESTION_CHARS = 120
_NAME_CHARS = 60
_REASON_CHARS = 200
_QUOTED = re.compile(r"[\"“”„‟«»]([^\"“”„‟«»]*)[\"“”„‟«»]\s*(.*)", re.DOTALL)
_DISCUSSION = re.compile(r"(with|without)\s+discussion\b[:,]?\s*(.*)", re.DOTALL | re.IGNORECASE)

_HOW_TO_ADD = 'write it like /council schedule add "weekdays 09:00" What should we watch today?'
_NO_TIME = f"Say first when to ask; {_HOW_TO_ADD}"
_NO_QUESTION = f"Say after the time what to ask; {_HOW_TO_ADD}"
_NOTHING_NEW = (
    'Say what changes after the id: /council schedule edit {} "daily 10:00" What is new today?'
)
_WHICH = "Which one? Put its id after {}; /council schedule list shows them."
_NONE = "No question repeats in this channel; /council schedule add lets one repeat."

_ADDED = "Added {}: {}, next {}."
_CHANGED = "Changed {}: {}, next {}."
_STILL_PAUSED = "Changed {}: {}; it is still paused, /council schedule resume {} lets it go on."
_PAUSED = "Paused {}; /council schedule resume {} lets it go on."
_GOES_ON = "{} goes on: {}, next {}."
_SKIPPED = "Passed over; {} is due next {}."
_REMOVED = "Removed {}: {}"
_ASKED = "Asked now; {} itself stays as it is."

_Change = Callable[[Team, Person, Place, str], Awaitable[Schedule]]


@dataclass(frozen=True, slots=True)
class _Written:
    """What somebody wrote of a plan; None and empty are left out."""

    typed: str
    question: str
    takes_discussion: bool | None


async def manage_schedules(
    desk: Desk, person: Person, place: Place, command: Command, delivery: str | None = None
) -> Reply:
    """Show or change them. Raises `WrongUse`, `ChatError`."""
    match command.action:
        case "list":
            return await _listed(desk, place)
        case "add":
            return await _add(desk, person, place, command.argument, delivery)
        case action if not command.argument:
            raise WrongUse(_WHICH.format(action))
        case "edit":
            return await _edit(desk, person, place, command.argument)
        case "run":
            run = partial(scheduling.run, rooms=desk.rooms, delivery=delivery)
            await run(desk.asking, person, place, command.argument)
            return Reply(_ASKED.format(command.argument.lower()))
        case action:
            change, say = _CHANGES[action]
            return Reply(say(await change(desk.team, person, place, command.argument)))


async def _listed(desk: Desk, place: Place) -> Reply:
    known = await desk.team.schedules.all(place)
    return Reply(lines=tuple(map(_line, known))) if known else Reply(_NONE)


async def _add(
    desk: Desk, person: Person, place: Place, argument: str, delivery: str | None
) -> Reply:
    written = _parse(argument)
    if not written.typed:
        raise BadConfig(_NO_TIME)
    if not written.question:
        raise BadConfig(_NO_QUESTION)
    plan = Plan(written.typed, written.question, written.takes_discussion is True)
    added = await scheduling.add(desk.team, person, place, plan, delivery=delivery)
    return Reply(_ADDED.format(added.id, _when(added), _next(added)))


async def _edit(desk: Desk, person: Person, place: Place, argument: str) -> Reply:
    schedule_id, rest, *_ = (*argument.split(maxsplit=1), "")
    written = _parse(rest)
    if written == _Written("", "", None):
        raise WrongUse(_NOTHING_NEW.format(one_line(schedule_id, _NAME_CHARS)))
    known = await scheduling.found(desk.team, place, schedule_id)
    takes = written.takes_discussion
    plan = Plan(
        written.typed or known.typed,
        written.question or known.question,
        known.takes_discussion if takes is None else takes,
    )
    changed = await scheduling.edit(desk.team, person, place, schedule_id, plan)
    if changed.pause is not None:
        return Reply(_STILL_PAUSED.format(changed.id, _when(changed), changed.id))
    return Reply(_CHANGED.format(changed.id, _when(changed), _next(changed)))


def _said_of_paused(schedule: Schedule) -> str:
    return _PAUSED.format(schedule.id, schedule.id)


def _said_of_resumed(schedule: Schedule) -> str:
    return _GOES_ON.format(schedule.id, _when(schedule), _next(schedule))


def _said_of_skipped(schedule: Schedule) -> str:
    return _SKIPPED.format(schedule.id, _next(schedule))


def _said_of_removed(schedule: Schedule) -> str:
    return _REMOVED.format(schedule.id, one_line(schedule.question, _QUESTION_CHARS))


_CHANGES: Mapping[str, tuple[_Change, Callable[[Schedule], str]]] = {
    "pause": (scheduling.pause, _said_of_paused),
    "resume": (scheduling.resume, _said_of_resumed),
    "skip": (scheduling.skip, _said_of_skipped),
    "remove": (scheduling.remove, _said_of_removed),
}


def _parse(text: str) -> _Written:
    """Part a time, an option and a question."""
    quoted = _QUOTED.match(text)
    typed, rest = (quoted[1].strip(), quoted[2]) if quoted is not None else _unquoted(text)
    option = _DISCUSSION.match(rest)
    if option is None:
        return _Written(typed, rest.strip(), None)
    return _Written(typed, option[2].strip(), option[1].lower() == "with")


def _unquoted(text: str) -> tuple[str, str]:
    """Part the longest beginning that reads as a time from what follows, if there is one."""
    for count in range(_MOST_TIME_WORDS, 0, -1):
        words = text.split(maxsplit=count)
        typed = " ".join(words[:count])
        try:
            read(typed)
        except BadConfig:
            continue
        return typed, "".join(words[count:])
    return "", text


def _line(schedule: Schedule) -> str:
    parts = [schedule.id, _when(schedule)]
    match schedule.pause:
        case None:
            parts.append(f"next {_next(schedule)}")
        case "":
            parts.append("paused")
        case reason:
            parts.append(f"paused: {one_line(reason, _REASON_CHARS)}")
    if schedule.takes_discussion:
        parts.append("with discussion")
    parts.append(f"by {one_line(schedule.owner, _NAME_CHARS)}")
    parts.append(f"“{one_line(schedule.question, _QUESTION_CHARS)}”")
    return " · ".join(parts)


def _when(schedule: Schedule) -> str:
    return described(schedule.rule, schedule.time_zone)


def _next(schedule: Schedule) -> str:
    return "" if schedule.next_due_at is None else told(schedule.next_due_at, schedule.time_zone)

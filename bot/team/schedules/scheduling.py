"""Questions that repeat: adding and changing them; `due.py` asks them."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.app import DIGITS, check_question, new_id
from bot.domain import Deliberation, Person, Place, Schedule, Terms
from bot.errors import Changed, NotAllowed, NotFound, OverLimit, WrongUse
from bot.ports import Rooms
from bot.team.asking import Asking, Team
from bot.team.rights import check_asking, may_configure
from bot.team.schedules.due import discussion, expanded, question_of
from bot.team.schedules.times import next_due, read
from bot.untrusted import one_line

# As many as one can still see through in a list.
MOST_IN_CHANNEL = 20

# People type them. There are 33 million for all workspaces; where one is taken, the next is tried.
_ID_CHARS = 5
_ID_TRIES = 10
_NAME_CHARS = 60
_TOO_MANY = (
    f"{MOST_IN_CHANNEL} questions repeat in this channel already; take one away first, "
    "with /council schedule remove."
)
_NO_SUCH = "There is no schedule of that id in this channel; /council schedule list shows them."
_NOT_YOURS = "Only {}, whose schedule this is, or somebody who may configure can change it."
_IS_PAUSED = "This schedule is paused, so there is no next time; resume it first."


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wrote for a schedule: when, as they typed it, and the question.

    In the question `{date}` and `{weekday}` stand for the day on which it is asked.
    """

    typed: str
    question: str
    takes_discussion: bool = False


async def add(
    team: Team, person: Person, place: Place, plan: Plan, *, delivery: str | None = None
) -> Schedule:
    """Add a schedule to a channel, in the channel's time zone.

    A `delivery` that comes again adds nothing again. Raises `NotAllowed`, `OverLimit`,
    `BadQuestion`, `BadConfig` with a sentence on a time that makes no sense.
    """
    channel, now = replace(place, thread=None), datetime.now(UTC)
    terms = await team.terms(channel)
    check_asking(person, terms)
    rule = _checked(team, plan, terms, now)
    if len(await team.schedules.all(channel)) >= MOST_IN_CHANNEL:
        raise OverLimit(_TOO_MANY)
    schedule = Schedule(
        id="",
        place=channel,
        owner_id=person.id,
        owner=person.name,
        question=plan.question,
        rule=rule,
        typed=plan.typed,
        time_zone=terms.time_zone,
        created_at=now,
        takes_discussion=plan.takes_discussion,
        next_due_at=next_due(rule, terms.time_zone, now),
    )
    return await _stored(team, schedule, delivery or new_id())


async def edit(team: Team, person: Person, place: Place, schedule_id: str, plan: Plan) -> Schedule:
    """Change a schedule of a channel. Raises as `add`, and `NotFound`, `Changed`.

    It takes on the time zone that the channel has by now, and whoever changed it as its owner: what
    somebody wrote is asked in nobody else's name, with nobody else's rights and money.
    """
    schedule, terms = await _theirs(team, person, place, schedule_id)
    rule = _checked(team, plan, terms, datetime.now(UTC))
    changed = replace(
        schedule,
        owner_id=person.id,
        owner=person.name,
        question=plan.question,
        rule=rule,
        typed=plan.typed,
        time_zone=terms.time_zone,
        takes_discussion=plan.takes_discussion,
    )
    is_due_as_before = (rule, terms.time_zone) == (schedule.rule, schedule.time_zone)
    if schedule.pause is None and not is_due_as_before:
        changed = _due_next(changed)
    return await team.schedules.save(changed)


async def pause(team: Team, person: Person, place: Place, schedule_id: str) -> Schedule:
    """Let a schedule rest until somebody resumes it. Raises `NotAllowed`, `NotFound`, `Changed`."""
    schedule, _ = await _theirs(team, person, place, schedule_id)
    return await team.schedules.save(replace(schedule, pause="", next_due_at=None))


async def resume(team: Team, person: Person, place: Place, schedule_id: str) -> Schedule:
    """Let a schedule go on with the next time; what it missed is not asked.

    One that goes on anyway stays as it is. Raises as `pause`, and `BadConfig` if its time zone is
    gone.
    """
    schedule, _ = await _theirs(team, person, place, schedule_id)
    if schedule.pause is None:
        return schedule
    return await team.schedules.save(_due_next(replace(schedule, pause=None)))


async def skip(team: Team, person: Person, place: Place, schedule_id: str) -> Schedule:
    """Pass over the next time of a schedule. Raises as `pause`, and `WrongUse` if it is paused."""
    schedule, _ = await _theirs(team, person, place, schedule_id)
    if schedule.next_due_at is None:
        raise WrongUse(_IS_PAUSED)
    following = next_due(schedule.rule, schedule.time_zone, schedule.next_due_at)
    return await team.schedules.save(replace(schedule, next_due_at=following))


async def remove(team: Team, person: Person, place: Place, schedule_id: str) -> Schedule:
    """Forget a schedule, and return it once more. Raises `NotAllowed`, `NotFound`."""
    schedule, _ = await _theirs(team, person, place, schedule_id)
    await team.schedules.remove(schedule.place.tenant, schedule.id)
    return schedule


async def run(
    asking: Asking,
    person: Person,
    place: Place,
    schedule_id: str,
    *,
    rooms: Rooms | None = None,
    delivery: str | None = None,
) -> Deliberation:
    """Ask a schedule's question once, now, in somebody's own name; when it is due stays.

    What was said in the channel comes along only where there are `rooms`. A `delivery` that comes
    again asks nothing again. Raises as `Asking.ask`, and `NotFound`, `ChatError`.
    """
    schedule, now = await found(asking.team, place, schedule_id), datetime.now(UTC)
    check_asking(person, await asking.team.terms(schedule.place))
    context = () if rooms is None else await discussion(schedule, rooms, now)
    question = question_of(schedule, person, now, context)
    once = f"schedule:{schedule.id}:run:{delivery or new_id()}"
    deliberation = await asking.ask(person, question, delivery=once)
    await asking.app.begin(deliberation)
    return deliberation


async def found(team: Team, place: Place, schedule_id: str) -> Schedule:
    """Return a schedule of a channel. Raises `NotFound`."""
    with suppress(NotFound):
        schedule = await team.schedules.get(place.tenant, schedule_id.lower())
        if schedule.place.channel == place.channel:
            return schedule
    raise NotFound(_NO_SUCH)


async def _theirs(
    team: Team, person: Person, place: Place, schedule_id: str
) -> tuple[Schedule, Terms]:
    """Return a schedule of a channel that somebody may change, and what holds there."""
    schedule = await found(team, place, schedule_id)
    terms = await team.terms(schedule.place)
    check_asking(person, terms)
    if person.id != schedule.owner_id and not may_configure(person, terms):
        raise NotAllowed(_NOT_YOURS.format(one_line(schedule.owner, _NAME_CHARS)))
    return schedule, terms


def _checked(team: Team, plan: Plan, terms: Terms, now: datetime) -> str:
    """Return the rule of a plan that makes sense. Raises `BadQuestion`, `BadConfig`."""
    rule = read(plan.typed)
    check_question(expanded(plan.question, terms.time_zone, now), team.question_chars)
    return rule


def _due_next(schedule: Schedule) -> Schedule:
    """Let it be due the next time; never one that was asked before a clock went back."""
    now = datetime.now(UTC)
    after = max(now, schedule.last_due_at or now)
    return replace(schedule, next_due_at=next_due(schedule.rule, schedule.time_zone, after))


async def _stored(team: Team, schedule: Schedule, delivery: str) -> Schedule:
    """Store a schedule under the first free id of its delivery, unless it is there from before."""
    for number in range(_ID_TRIES):
        fresh = replace(schedule, id=_id(delivery, number))
        with suppress(Changed):
            await team.schedules.add(fresh)
            return fresh
        with suppress(NotFound):
            known = await team.schedules.get(fresh.place.tenant, fresh.id)
            if _written(known) == _written(fresh):
                return known
    message = "No id was free for this schedule; please try again."
    raise Changed(message)


def _id(delivery: str, number: int) -> str:
    digest = hashlib.sha256(f"{delivery}:{number}".encode()).digest()
    return "".join(DIGITS[byte % len(DIGITS)] for byte in digest[:_ID_CHARS])


def _written(schedule: Schedule) -> object:
    """Return who wrote what for where."""
    return schedule.place, schedule.owner_id, schedule.typed, schedule.question

"""Schedules that are due: each due time is asked once, however many processes look after them.

Nobody holds a lock. A question goes under a delivery id that is made of its schedule and its due
time, so that all who ask it get the one deliberation; then the schedule moves on under its number,
so that one of them moves it. Whoever dies in between leaves both to the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain import Person, Question, Remark, Schedule
from bot.errors import (
    BadConfig,
    Changed,
    ChatError,
    ChatRefused,
    NotAllowed,
    NotFound,
    StorageError,
    WrongUse,
)
from bot.ports import Rooms
from bot.team.asking import Asking
from bot.team.rights import check_asking
from bot.team.schedules.times import latest_due, next_due
from bot.team.zones import check_zone
from bot.untrusted import one_line

# A question for the day still serves it in the afternoon; what is later waits for the next time.
GRACE = timedelta(hours=6)

# What a platform could not do is tried again after this; its own limits count by the minute.
_REST = timedelta(minutes=1)
_AT_ONCE = 8  # Slack allows a workspace about one such call a second
# More than are due in one minute anywhere; what is stuck must not keep the others from their turn.
_MOST_DUE = 1000
_PATIENCE_S = 30.0
_MOST_REMARKS = 50
_DAY = timedelta(days=1)
_QUESTION_CHARS = 120
_TYPED_CHARS = 40
_PAUSED = (
    "Your question “{}” does not repeat any more: {} When that is mended, "
    "/council schedule resume {} lets it go on."
)
_SKIPPED = "Your question “{}” was due and was not asked: {}"

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Scheduler:
    """Asks what is due; `rooms` are by platform, and those of others are left to other processes.

    Any number of processes may do it at once, with clocks that differ or jump.
    """

    def __init__(
        self, asking: Asking, rooms: Mapping[str, Rooms], clock: Callable[[], datetime]
    ) -> None:
        self._asking = asking
        self._schedules = asking.team.schedules
        self._rooms = rooms
        self._clock = clock
        self._resting: dict[str, datetime] = {}

    async def tick(self) -> None:
        """Ask what is due by now. What cannot be done now is left to a later tick."""
        now = self._clock()
        try:
            due = await self._schedules.due(now, limit=_MOST_DUE)
        except StorageError as error:
            log.debug("schedules not read", reason=str(error))
            return
        ready = [one for one in due if not self._is_resting(one.id, now)]
        turns = asyncio.Semaphore(_AT_ONCE)

        async def take(schedule: Schedule) -> None:
            async with turns:
                await self._take(schedule, now)

        ends = await asyncio.gather(*map(take, ready), return_exceptions=True)
        resting = {one.id for one in due} & self._resting.keys()
        self._resting = {known: self._resting[known] for known in resting}
        for schedule, end in zip(ready, ends, strict=True):
            self._resting.pop(schedule.id, None)
            if end is not None:
                self._resting[schedule.id] = now + _REST
                log.warning("schedule put off", schedule=schedule.id, error=type(end).__name__)

    def _is_resting(self, schedule_id: str, now: datetime) -> bool:
        # A clock that went back must not let it rest for as long.
        until = self._resting.get(schedule_id)
        return until is not None and now < until <= now + _REST

    async def _take(self, schedule: Schedule, now: datetime) -> None:
        """Deal with one that is due. Raises `ChatError`, `StorageError`, `TimeoutError`."""
        rooms = self._rooms.get(schedule.place.platform)
        if rooms is None or schedule.next_due_at is None:
            return
        rule, zone, first = schedule.rule, schedule.time_zone, schedule.next_due_at
        try:
            due_at = latest_due(rule, zone, first, since=now - GRACE, now=now)
            if due_at is None:
                log.info("schedule missed", schedule=schedule.id, due_at=first.isoformat())
                await self._move_on(schedule, now, was_asked=False)
                return
            async with asyncio.timeout(_PATIENCE_S):
                person, context = await self._prepared(schedule, rooms, now)
        except (BadConfig, ChatRefused, NotAllowed) as fault:
            await self._pause(schedule, rooms, str(fault))
            return
        if not await self._stands(schedule):
            return
        question = question_of(schedule, person, due_at, context)
        question = replace(question, is_scheduled=True)
        await self._ask(schedule, rooms, due_at, (person, question))

    async def _prepared(
        self, schedule: Schedule, rooms: Rooms, now: datetime
    ) -> tuple[Person, tuple[Remark, ...]]:
        """Return who asks and what was said before.

        Raises `ChatError`; `NotAllowed` if nothing can be asked there until somebody mends it.
        """
        try:
            fault = await rooms.fault(schedule.place)
        except ChatRefused as refused:
            # It is the bot that was refused, not the channel that is at fault.
            raise ChatError(str(refused)) from refused
        if fault is not None:
            raise NotAllowed(fault)
        person = await rooms.person(schedule.place, schedule.owner_id)
        check_asking(person, await self._asking.team.terms(schedule.place))
        return person, await discussion(schedule, rooms, now)

    async def _stands(self, schedule: Schedule) -> bool:
        """Say whether nobody has changed or removed it while the platform took its time.

        That another process let it move on is no reason not to ask: they ask the same.
        """
        try:
            known = await self._schedules.get(schedule.place.tenant, schedule.id)
        except NotFound:
            return False
        moved = {name: getattr(schedule, name) for name in ("next_due_at", "last_due_at", "number")}
        return replace(known, **moved) == schedule

    async def _ask(
        self, schedule: Schedule, rooms: Rooms, due_at: datetime, asked: tuple[Person, Question]
    ) -> None:
        """Ask it once for its due time, and let it move on to the next."""
        person, question = asked
        delivery = f"schedule:{schedule.id}:{due_at.astimezone(UTC).isoformat()}"
        try:
            deliberation = await self._asking.ask(person, question, delivery=delivery)
        except WrongUse as refusal:
            if await self._move_on(schedule, due_at, was_asked=False):
                sentence = _SKIPPED.format(_in_short(schedule), refusal)
                await self._tell(schedule, rooms, sentence)
            return
        await self._move_on(schedule, due_at, was_asked=True)
        await self._asking.app.begin(deliberation)

    async def _move_on(self, schedule: Schedule, after: datetime, *, was_asked: bool) -> bool:
        """Let it be due the next time after a moment; say whether it was this process that did."""
        following = next_due(schedule.rule, schedule.time_zone, after)
        last = after if was_asked else schedule.last_due_at
        return await self._save(replace(schedule, next_due_at=following, last_due_at=last))

    async def _pause(self, schedule: Schedule, rooms: Rooms, reason: str) -> None:
        """Pause it, and tell its owner: whichever process pauses it does, so that it is once."""
        if await self._save(replace(schedule, pause=reason, next_due_at=None)):
            log.info("schedule paused", schedule=schedule.id)
            sentence = _PAUSED.format(_in_short(schedule), reason, schedule.id)
            await self._tell(schedule, rooms, sentence)

    async def _save(self, schedule: Schedule) -> bool:
        """Store a change; False if another process, or a person, was faster."""
        try:
            await self._schedules.save(schedule)
        except (Changed, NotFound):
            return False
        return True

    async def _tell(self, schedule: Schedule, rooms: Rooms, sentence: str) -> None:
        with suppress(ChatError, TimeoutError):  # the list of schedules says it too
            async with asyncio.timeout(_PATIENCE_S):
                await rooms.tell(schedule.place, schedule.owner_id, sentence)


def question_of(
    schedule: Schedule, person: Person, at: datetime, context: tuple[Remark, ...]
) -> Question:
    """Return what is asked for a schedule in somebody's name, its date being that of a moment."""
    typed = one_line(schedule.typed, _TYPED_CHARS)
    return Question(
        text=expanded(schedule.question, schedule.time_zone, at),
        place=schedule.place,
        asker=f"{person.name} ({typed})",
        context=context,
        asker_id=person.id,
    )


def expanded(question: str, zone: str, at: datetime) -> str:
    """Put the date and the weekday of a moment, in a time zone, where a question names them."""
    local = at.astimezone(check_zone(zone))
    day = f"{local.day} {local:%B} {local.year}"
    return question.replace("{date}", day).replace("{weekday}", f"{local:%A}")


async def discussion(schedule: Schedule, rooms: Rooms, now: datetime) -> tuple[Remark, ...]:
    """Return what was said in the channel since the last time it was due, or for a day.

    Raises `ChatError`.
    """
    if not schedule.takes_discussion:
        return ()
    since = schedule.last_due_at or now - _DAY
    return await rooms.said(schedule.place, min(since, now), most=_MOST_REMARKS)


def _in_short(schedule: Schedule) -> str:
    return one_line(schedule.question, _QUESTION_CHARS)

"""What a listener may call: ask a question, and go on with it, stop it, see it, find it again."""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from bot.attachments import check_number
from bot.domain import (
    ROOMY,
    Ahead,
    Charge,
    Council,
    Deliberation,
    Person,
    Question,
    Remark,
    Room,
    State,
)
from bot.domain.course import after
from bot.domain.events import DeliberationCancelled
from bot.errors import BadQuestion, NotFound, StorageError, WrongUse
from bot.ports import Records, Scope, Work
from bot.untrusted import one_line

_LEAST_VISIBLE = 2
# Crockford's base 32: no letter that is mistaken for another, and in the order of its values.
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
# Nine digits hold the milliseconds until the year 3084; seven make two of one instant differ.
_TIME_DIGITS = 9
_RANDOM_DIGITS = 7
# Of the earlier questions in a thread; prompts keep the newest that fit.
_EARLIER = 10
_NAME_CHARS = 60
# Who says a final answer, where a follow-up repeats it.
COUNCIL = "Council"
# Letters that show nothing: controls, formats, lone halves, separators.
_INVISIBLE = ("C", "Z")

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def new_id() -> str:
    """Return a new deliberation's id: 16 characters that sort by the time they were made."""
    now_ms = time.time_ns() // 1_000_000
    places = range(_TIME_DIGITS - 1, -1, -1)
    moment = "".join(DIGITS[(now_ms >> (5 * place)) & 31] for place in places)
    return moment + "".join(secrets.choice(DIGITS) for _ in range(_RANDOM_DIGITS))


class App:
    """The use cases.

    `platforms` are those whose deliberations this process can run; `room` says how many questions
    may wait. All methods raise `StorageError`; those that take an id raise `NotFound`, also for a
    deliberation that is not `within` what may be seen.
    """

    def __init__(
        self,
        *,
        records: Records,
        work: Work,
        platforms: Collection[str],
        question_chars: int = 3000,
        room: Room = ROOMY,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self._records = records
        self._room = room
        self._work = work
        self._platforms = platforms
        self._question_chars = question_chars
        self._make_id = make_id

    async def ask(
        self, question: Question, council: Council, *, delivery: str | None = None
    ) -> Deliberation:
        """Store a question and begin with its deliberation. Raises `BadQuestion`."""
        deliberation = await self.put(question, council, delivery=delivery)
        await self.begin(deliberation)
        return deliberation

    async def put(
        self,
        question: Question,
        council: Council,
        *,
        delivery: str | None = None,
        charge: Charge | None = None,
    ) -> Deliberation:
        """Store a question; a delivery that came before returns what it brought then.

        From here on it is never lost: if nobody begins with it, `recover` does. A question in a
        thread that holds a council's earlier answers is a follow-up: they are its context. What is
        `charge`d is set aside with it. Raises `BadQuestion`, `OverLimit`.
        """
        check_question(question.text, self._question_chars)
        check_number(len(question.attachments))
        fresh = Deliberation(
            id=self._make_id(),
            question=await self._with_earlier(question),
            council=council,
            created_at=datetime.now(UTC),
            is_rehearsal=council.is_rehearsal,
            estimate=charge and charge.estimate,
            is_capped=charge is not None and charge.is_capped,
        )
        caps = charge.caps if charge else ()
        stored = await self._records.create(fresh, delivery=delivery, caps=caps, room=self._room)
        if stored.id == fresh.id:
            log.info("asked", deliberation=fresh.id)
        return stored

    async def begin(self, deliberation: Deliberation) -> None:
        """See that a stored one runs when it is its turn; beginning twice changes nothing."""
        with suppress(StorageError):  # then `recover` begins with it
            if not deliberation.state.is_final:
                await self._work.start(deliberation)

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""
        return await self._work.ahead(deliberation_id)

    async def resume(self, deliberation_id: str) -> Deliberation:
        """Go on with one that was interrupted, failed or cancelled; one that is done stays so.

        Raises `WrongUse` if it belongs to a platform that this process does not serve.
        """
        deliberation = await self._records.load(deliberation_id)
        if not self._can_run(deliberation):
            platform = deliberation.question.place.platform
            message = f"This one was asked in {platform}; `council serve` goes on with it there."
            raise WrongUse(message)
        if deliberation.state in (State.FAILED, State.CANCELLED):
            await self._work.wait(deliberation_id)
            deliberation = await self._records.take_up(deliberation_id, is_fresh=True)
        if not deliberation.state.is_final:
            await self._work.start(deliberation)
        return deliberation

    async def cancel(
        self, deliberation_id: str, *, by: Person | None = None, within: Scope | None = None
    ) -> Deliberation:
        """Stop one for good, wherever it runs.

        Raises `WrongUse` if it has ended already, or if somebody asks who may not.
        """
        deliberation = await self.show(deliberation_id, within=within)
        if deliberation.state.is_final:
            message = f"Deliberation {deliberation_id} is {deliberation.state} already."
            raise WrongUse(message)
        if by is not None and not _may_stop(by, deliberation):
            asker = one_line(deliberation.question.asker, _NAME_CHARS)
            message = f"Only {asker}, who asked, or an admin can stop this."
            raise WrongUse(message)
        deliberation = await self._records.take_up(deliberation_id)
        await self._records.save(deliberation, [DeliberationCancelled()])
        await self._work.cancel(deliberation_id)
        return after(deliberation, DeliberationCancelled())

    async def wait(self, deliberation_id: str) -> Deliberation:
        """Return one when nobody works on it any more."""
        await self._work.wait(deliberation_id)
        return await self._records.load(deliberation_id)

    async def recover(self) -> tuple[str, ...]:
        """Go on with what dead processes left; return the ids of what is begun here."""
        return tuple(sorted(await self._work.recover()))

    async def show(self, deliberation_id: str, *, within: Scope | None = None) -> Deliberation:
        """Return one as it stands."""
        deliberation = await self._records.load(deliberation_id)
        if within is not None and not _is_within(deliberation, within):
            message = "There is no deliberation of that id."
            raise NotFound(message)
        return deliberation

    async def history(
        self, words: str = "", limit: int = 20, *, within: Scope | None = None
    ) -> tuple[Deliberation, ...]:
        """Return the latest that hold all words, newest first, without answers and reviews."""
        return await self._records.search(words, limit=limit, scope=within)

    async def _with_earlier(self, question: Question) -> Question:
        place = question.place
        if place.thread is None:
            return question
        scope = Scope(place.platform, place.workspace, (place.channel,), place.thread)
        earlier = await self._records.search(limit=_EARLIER, scope=scope)
        remarks = [remark for known in reversed(earlier) for remark in _said(known)]
        return replace(question, context=(*remarks, *question.context))

    def _can_run(self, deliberation: Deliberation) -> bool:
        return deliberation.question.place.platform in self._platforms


def _may_stop(person: Person, deliberation: Deliberation) -> bool:
    return person.is_admin or person.id == deliberation.question.asker_id


def _is_within(deliberation: Deliberation, scope: Scope) -> bool:
    place = deliberation.question.place
    return (
        place.platform == scope.platform
        and scope.workspace in (None, place.workspace)
        and (scope.channels is None or place.channel in scope.channels)
    )


def _said(deliberation: Deliberation) -> Iterator[Remark]:
    """Tell a question and its final answer as a follow-up needs them."""
    if deliberation.synthesis is not None:
        yield Remark(deliberation.question.asker, deliberation.question.text)
        yield Remark(COUNCIL, deliberation.synthesis.text)


def check_question(text: str, most_chars: int) -> None:
    """Raise `BadQuestion`, in one sentence that says what is wrong and what to do."""
    if fault := _fault_of(text, most_chars):
        raise BadQuestion(fault)


def _fault_of(text: str, most_chars: int) -> str | None:
    if "\0" in text:
        return "The question contains a NUL character; remove it and ask again."
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "The question contains broken characters; send it as UTF-8 text."
    if len(text) > most_chars:
        return (
            f"The question has {len(text):,} characters and the limit is {most_chars:,}; "
            "shorten it or attach the rest as a file."
        )
    visible = sum(not unicodedata.category(character).startswith(_INVISIBLE) for character in text)
    if visible >= _LEAST_VISIBLE:
        return None
    if visible:
        return "The question is a single character; ask it in at least two."
    fault = "blank" if text else "empty"
    return f"The question is {fault}; write what the council should answer."

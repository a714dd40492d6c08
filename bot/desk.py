"""What the listeners of every chat platform work with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar, cast

import structlog

from bot.app import App
from bot.domain import Ahead, Mode, Person, Place, Question
from bot.errors import CouncilError, StorageError, WrongUse
from bot.phrases import counted
from bot.ports import Feedback, Outbox, Rooms, Scope, Tickets
from bot.team.asking import Asking, Team

ABOUT_THIS = "What do you make of this?"
TOO_LATE = "This form has been open for too long; open it again."

_NO_DATABASE = "My database does not answer, so nothing was done. Please try again in a moment."
_NO_CHAT = "{} did not do what I asked it for. Please try again in a moment."
# How long a form may stay open before it is sent.
_FORM_LIFETIME = timedelta(hours=12)
_BEHIND_CHANNEL = "Your question is in line: {} of this channel {} first."
_BEHIND_ALL = (
    "Your question is in line, since all councils are busy: it is number {:,} of those that wait "
    "in this workspace."
)
# Whose turn comes within that need not be told that they wait.
_MOMENT_S = 2.0
# When hundreds ask at the same time, acknowledgements go before what is told of the line.
_TOLD_AT_ONCE = 2
# How long what was acknowledged may still take when the program ends.
_GOODBYE_S = 5.0

T = TypeVar("T")
log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Errands:
    """What goes on after its acknowledgement; leaving the context waits for it, or else stops it.

    An async context manager.
    """

    def __init__(self, *, goodbye_s: float = _GOODBYE_S) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self._goodbye_s = goodbye_s

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=self._goodbye_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def begin(self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        """Begin something; what it raises is logged if nobody waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)
        return task

    def _end(self, task: asyncio.Task[T]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("errand failed", error=type(error).__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What listeners work with. Its methods raise `StorageError`.

    `rooms` are the platform's channels, for what a schedule takes along when it is run at once.
    `telling` are the deliberations whose place in line is being told, a few of them `by_and_by`.
    """

    app: App
    outbox: Outbox
    feedback: Feedback
    tickets: Tickets
    asking: Asking
    rooms: Rooms | None = None
    errands: Errands = field(default_factory=Errands)
    telling: set[str] = field(default_factory=set[str])
    by_and_by: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_TOLD_AT_ONCE))

    @property
    def team(self) -> Team:
        """What teams have set and spent."""
        return self.asking.team

    async def put(
        self,
        person: Person,
        question: Question,
        *,
        delivery: str,
        mode: Mode | None = None,
        home: Place | None = None,
    ) -> str | None:
        """Store somebody's question; return its deliberation's id, None if it came before.

        It starts behind the acknowledgement. `home` is the channel whose settings hold there, if
        another one. Raises `NotAllowed`, `OverLimit`, `BadQuestion`.
        """
        began_at = datetime.now(UTC)
        deliberation = await self.asking.ask(
            person, question, delivery=delivery, mode=mode, home=home
        )
        self.errands.begin(self.app.begin(deliberation))
        return deliberation.id if deliberation.created_at >= began_at else None

    async def line(self, deliberation_id: str) -> Aside | None:
        """Say how long the line is before a question; None if it may begin at once."""
        if await self._aside(deliberation_id) is None or deliberation_id in self.telling:
            return None  # of deliveries that come together one is told
        self.telling.add(deliberation_id)
        await asyncio.sleep(_MOMENT_S)
        self.telling.discard(deliberation_id)
        return await self._aside(deliberation_id)

    async def _aside(self, deliberation_id: str) -> Aside | None:
        async with self.by_and_by:
            return in_line(await self.app.ahead(deliberation_id))

    async def rate(self, deliberation_id: str, person: str, scope: Scope, *, is_good: bool) -> None:
        """Note a thumb of somebody who may see the deliberation. Raises `NotFound`."""
        await self.app.show(deliberation_id, within=scope)
        await self.feedback.rate(deliberation_id, person, is_good=is_good)

    async def keep(self, form: str, content: Mapping[str, object]) -> str:
        """Keep what a form is about while it is open, and return a ticket for it."""
        return await self.tickets.issue(form, json.dumps(content), _FORM_LIFETIME)

    async def kept(self, form: str, ticket: str, **whose: str) -> Mapping[str, object] | None:
        """Return what is kept for a form, if `whose` agrees with it: another's ticket is void."""
        content = await self.tickets.read(form, ticket)
        if content is None:
            return None
        kept = cast("dict[str, object]", json.loads(content))
        return kept if all(kept[name] == value for name, value in whose.items()) else None


class Aside(str):
    """What somebody is told besides, though all is well with what they asked for."""

    __slots__ = ()


def in_line(ahead: Ahead) -> Aside | None:
    """Say how many questions are before one; None if there is none."""
    if ahead.in_channel:
        verb = "comes" if ahead.in_channel == 1 else "come"
        return Aside(_BEHIND_CHANNEL.format(counted(ahead.in_channel, "question"), verb))
    if ahead.in_all:
        return Aside(_BEHIND_ALL.format(ahead.in_workspace + 1))
    return None


def apology(error: CouncilError, platform: str) -> str:
    """Return what a person is told who asked for something that could not be done."""
    if isinstance(error, WrongUse):
        return str(error)
    return _NO_DATABASE if isinstance(error, StorageError) else _NO_CHAT.format(platform)

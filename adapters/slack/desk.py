"""What listeners work with, and the one way in which every question is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Self, TypeVar

import structlog

from adapters.slack.caller import Caller
from adapters.slack.channels import Channels
from adapters.slack.incoming import plain_text
from adapters.slack.people import People
from adapters.slack.wire.api import SlackApi
from bot.app import App
from bot.domain import Attachment, Council, Question, Remark
from bot.ports import Feedback, Outbox, Tickets

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


@dataclass(frozen=True, slots=True)
class Desk:
    """What listeners work with."""

    app: App
    api: SlackApi
    people: People
    channels: Channels
    outbox: Outbox
    feedback: Feedback
    tickets: Tickets
    council: Council
    errands: Errands = field(default_factory=Errands)

    async def ask(
        self,
        caller: Caller,
        text: str,
        *,
        delivery: str,
        attachments: tuple[Attachment, ...] = (),
        context: tuple[Remark, ...] = (),
    ) -> str | None:
        """Store a question, and start its deliberation behind the acknowledgement.

        Returns a sentence if the council may not answer there; then it has cost nothing. Raises
        `BadQuestion`, `StorageError`.
        """
        fault = await self.channels.fault(caller.channel, caller.workspace)
        if fault is not None:
            return fault
        asker, question = await asyncio.gather(
            self.people.person(caller.user, caller.workspace, caller.name),
            self.plain(text, caller.workspace),
        )
        place = caller.place
        asked = Question(question, place, asker.name, context, attachments, asker_id=caller.user)
        deliberation = await self.app.put(asked, self.council, delivery=delivery)
        self.errands.begin(self.app.begin(deliberation))
        return None

    async def stop(self, caller: Caller, deliberation_id: str) -> None:
        """Stop a deliberation of the caller's channel. Raises `StorageError`, `WrongUse`."""
        person = await self.people.person(caller.user, caller.workspace, caller.name)
        await self.app.cancel(deliberation_id, by=person, within=caller.scope)

    async def plain(self, text: str, workspace: str) -> str:
        """Return what somebody wrote as plain text."""
        return await plain_text(text, self.people, workspace)

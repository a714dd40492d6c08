"""Bring one deliberation to its end: save what happens, then show it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from bot.domain import Deliberation, Post, PostState, State
from bot.domain.course import after
from bot.domain.events import (
    AttachmentsFetched,
    DeliberationFailed,
    Event,
    Fact,
    Passing,
    SynthesisPiece,
    SynthesisReady,
    SynthesisRestarted,
)
from bot.errors import CouncilError, StorageError, Superseded
from bot.ports import Chat, Files, Models, Outbox, Records, Turns
from bot.ports.observer import NOBODY, WorkObserver
from bot.reports import ROOT, SYNTHESIS, report, slot_of
from bot.work import journal
from bot.work.files import fetched
from bot.work.live import LiveState
from bot.work.patience import stored
from bot.work.posts import Poster, conclusion_slot
from bot.work.stopwatch import Stopwatch

_BROKE_OFF = "Something went wrong inside the bot."
_GO_ON = "Resume the deliberation to go on from here."
_TOO_LONG = "The deliberation took too long; resume it to go on from here."
_NO_RESULT = "The council ended without a result; resume the deliberation to try again."
_TOO_OFTEN = (
    "The bot stopped five times in a row while it worked on this; resume the deliberation to "
    "try once more."
)
# The council keeps its own deadline; this is for one that does not.
_GRACE_S = 30.0
_GOODBYE_S = 5.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Deliberate(Protocol):
    """How the council reasons; `bot.council.deliberate` is the real one."""

    def __call__(self, deliberation: Deliberation, models: Models) -> AsyncGenerator[Event, None]:
        """Yield what happens until there is a final answer or a failure."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """Where questions come from: its chat, and what gives out the files that people attach."""

    chat: Chat
    files: Files | None = None


class Worker:
    """Runs deliberations; `platforms` are those that questions come from.

    `models` returns those that a deliberation may ask.
    """

    def __init__(  # noqa: PLR0913 - all that a run needs
        self,
        *,
        deliberate: Deliberate,
        models: Callable[[Deliberation], Models],
        records: Records,
        outbox: Outbox,
        turns: Turns,
        platforms: Mapping[str, Platform],
        observer: WorkObserver = NOBODY,
    ) -> None:
        self._deliberate = deliberate
        self._models = models
        self._records = records
        self._outbox = outbox
        self._turns = turns
        self._platforms = platforms
        self._observer = observer

    async def run(self, deliberation_id: str) -> None:
        """Bring it to its end, or to the end of its posts if it has ended; never raises errors."""
        await self._turn(deliberation_id, reason=None)

    async def give_up(self, deliberation_id: str) -> None:
        """Let it fail, because its process died again and again; never raises errors."""
        await self._turn(deliberation_id, reason=_TOO_OFTEN)

    async def _turn(self, deliberation_id: str, *, reason: str | None) -> None:
        try:
            await self._run(deliberation_id, reason=reason)
        finally:
            # A database that is away must not keep the process; the turn is found again later.
            with suppress(StorageError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await self._turns.release(deliberation_id)

    async def _run(self, deliberation_id: str, *, reason: str | None) -> None:
        live: LiveState | None = None
        try:
            live = LiveState(await stored(partial(self._records.take_up, deliberation_id)))
            journal.taken(live.deliberation)
            if reason is not None:
                await self._end(live, reason)
            # Before the first taker nothing was planned: one look into the database less.
            is_first = live.deliberation.epoch == 1 and reason is None
            posts = () if is_first else await self._owed(live.deliberation)
            await self._bring_to_end(live, posts)
            if live.deliberation.state is State.CANCELLED:  # while nobody ran it
                self._note_end(live.deliberation)
        except asyncio.CancelledError:
            await self._say_goodbye(deliberation_id)
            raise
        except Superseded:
            await self._say_goodbye(deliberation_id)
        except Exception as error:  # noqa: BLE001 the one place that catches everything
            log.warning("run broke off", deliberation=deliberation_id, error=type(error).__name__)
            if live is not None:
                await self._fail(live, _broke_off(error))

    async def _bring_to_end(self, live: LiveState, posts: Sequence[Post]) -> None:
        clock = asyncio.get_running_loop().time
        stopwatch = Stopwatch(live.deliberation.timings, clock, self._observer)
        chat = self._platforms[live.deliberation.question.place.platform].chat
        async with Poster(
            chat,
            self._outbox,
            live,
            posts,
            on_answer=stopwatch.answer_shown,
            observer=self._observer,
        ) as poster:
            run = _Run(self._records, live, poster, stopwatch)
            await run.complete_posts()
            if not live.deliberation.state.is_final:
                await self._fetch_files(run)
                await self._reason(run)
                self._observer.ended(live.deliberation)
            await poster.finish()
            await run.save_timings()

    async def _owed(self, deliberation: Deliberation) -> tuple[Post, ...]:
        return await stored(partial(self._outbox.owed, deliberation.id))

    async def _fetch_files(self, run: _Run) -> None:
        question = run.live.deliberation.question
        files = self._platforms[question.place.platform].files
        if files is None or all(file.source is None for file in question.attachments):
            return
        await run.take(AttachmentsFetched(await fetched(question, files)))

    async def _reason(self, run: _Run) -> None:
        deliberation = run.live.deliberation
        limit = asyncio.timeout(deliberation.council.deadlines.deliberation + _GRACE_S)
        models = self._models(deliberation)
        try:
            async with limit, aclosing(self._deliberate(deliberation, models)) as events:
                async for event in events:
                    await run.take(event)
        except TimeoutError:
            if not limit.expired():
                raise
        if not run.live.deliberation.state.is_final:
            await run.take(DeliberationFailed(_TOO_LONG if limit.expired() else _NO_RESULT))

    async def _end(self, live: LiveState, reason: str) -> None:
        """Record a failure; its posts are planned with it, if they were not before."""
        if live.deliberation.state.is_final:
            return
        owed = await self._owed(live.deliberation)
        posts = [Post(live.deliberation.id, slot) for slot in (ROOT, conclusion_slot(owed))]
        failure = DeliberationFailed(reason)
        await stored(partial(self._records.save, live.deliberation, [failure], posts=posts))
        live.fold(failure)
        self._note_end(live.deliberation)

    async def _fail(self, live: LiveState, reason: str) -> None:
        try:
            await self._end(live, reason)
            await self._bring_to_end(live, await self._owed(live.deliberation))
        except Exception as error:  # noqa: BLE001 not even the failure can be recorded or shown
            log.warning(
                "failure not shown", deliberation=live.deliberation.id, error=type(error).__name__
            )

    async def _say_goodbye(self, deliberation_id: str) -> None:
        """Say so in the root message if a person cancelled the deliberation."""
        try:
            async with asyncio.timeout(_GOODBYE_S):
                deliberation = await self._records.load(deliberation_id)
                if deliberation.state is not State.CANCELLED:
                    return
                self._note_end(deliberation)
                chat = self._platforms[deliberation.question.place.platform].chat
                for post in await self._outbox.owed(deliberation_id):
                    is_live = post.slot == ROOT or post.state is PostState.OPEN
                    if is_live and post.message_id is not None:
                        await chat.edit(post, report(deliberation, post.slot))
        except (CouncilError, TimeoutError):
            log.warning("cancellation not shown", deliberation=deliberation_id)

    def _note_end(self, deliberation: Deliberation) -> None:
        journal.ended(deliberation)
        self._observer.ended(deliberation)


class _Run:
    """One run's events on their way: into the records first, then to the reader."""

    def __init__(
        self, records: Records, live: LiveState, poster: Poster, stopwatch: Stopwatch
    ) -> None:
        self.live = live
        self._records = records
        self._poster = poster
        self._stopwatch = stopwatch
        self._timings = live.deliberation.timings

    async def take(self, event: Event) -> None:
        """Save a fact and show it; show at once what only passes."""
        if not isinstance(event, Passing):
            await self.record(event)
            return
        self.live.note(event)
        match event:
            case SynthesisPiece(text):
                self._poster.write(text)
            case SynthesisRestarted():
                self._poster.rewrite()
            case _:
                self._poster.refresh()

    async def record(self, fact: Fact) -> None:
        """Save a fact together with the posts that it brings, then show it."""
        self._stopwatch.note(fact)
        posts = self._poster.unplanned(_slots(fact), after(self.live.deliberation, fact))
        await self._save([fact], posts)
        self.live.fold(fact, self._timings)
        if isinstance(fact, SynthesisReady | DeliberationFailed):
            journal.ended(self.live.deliberation)
        self._poster.owe(posts)

    async def complete_posts(self) -> None:
        """Plan what another version of the bot did not, because it cut its messages otherwise."""
        if posts := self._poster.missing_parts():
            await self._save([], posts)
            self._poster.owe(posts)

    async def save_timings(self) -> None:
        """Save what was measured since the last fact."""
        if self._stopwatch.timings != self._timings:
            await self._save([], [])

    async def _save(self, facts: Sequence[Fact], posts: Sequence[Post]) -> None:
        timings = self._stopwatch.timings
        news = None if timings == self._timings else timings
        save = partial(self._records.save, self.live.deliberation, facts, posts=posts, timings=news)
        await stored(save)
        self._timings = timings


def _slots(fact: Fact) -> list[str]:
    slots = [ROOT, slot_of(fact)]
    if isinstance(fact, SynthesisReady | DeliberationFailed):
        slots.append(SYNTHESIS)
    return [slot for slot in slots if slot is not None]


def _broke_off(error: Exception) -> str:
    """Say what people can do something about, such as a full disk."""
    return f"{error if isinstance(error, StorageError) else _BROKE_OFF} {_GO_ON}"

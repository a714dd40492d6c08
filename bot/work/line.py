"""Who works on which deliberation: turns are given where there is room, and started in the engine.

A turn is a row from the question until the run is over (`bot.ports.Turns`), so nothing that was
acknowledged is forgotten, and all processes see the same line. A process takes turns as soon as it
hears of one, and looks now and then whatever it hears.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Self

import structlog

from bot.beside import running
from bot.domain import Ahead, Deliberation, Tenant, Turn
from bot.errors import StorageError
from bot.ports import Turns
from bot.work.engine import DbosEngine
from bot.work.workflows import repeated

# What another process cancelled is stopped within a second.
_CANCELLED_EVERY_S = 0.5
# On SQLite nobody tells of what another process stored; on PostgreSQL a notice may be lost.
_LOOK_EVERY_S = 1.0
# Looking may not take more than a sixth of the time, however many wait.
_REST = 5.0
# Where hundreds wait for their channel, most of what is told is of a turn that nobody can take yet.
_VAIN_S = 0.25
_POLL_S = 0.25
_MEND_EVERY_S = 60.0
# Whose turn was when: more workspaces than that are hardly busy at once.
_MOST_SERVED = 1000

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LineTerms:
    """How many turns are taken at a time: by a process, and of a channel by all of them together.

    Unless it is shared, each process has what was asked there, and takes nothing but what dead ones
    left.
    """

    most: int
    per_channel: int | None = None
    is_shared: bool = True


class Line:
    """Implements `bot.ports.Work`; an async context manager, one a process.

    `news` is set by whoever knows that there may be a turn to take.
    """

    def __init__(
        self,
        engine: DbosEngine,
        turns: Turns,
        news: asyncio.Event,
        *,
        platforms: Collection[str],
        terms: LineTerms,
    ) -> None:
        self._engine = engine
        self._turns = turns
        self._news = news
        self._platforms = tuple(platforms)
        self._terms = terms
        self._served: dict[Tenant, None] = {}
        self._watched: set[str] = set()  # those that run and have not been cancelled
        self._looking = asyncio.Lock()
        self._took_s = 0.0
        self._is_open = True
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            with suppress(StorageError):
                await self._mend()
            if self._terms.is_shared:
                await stack.enter_async_context(running(self._serve()))
            await stack.enter_async_context(running(self._stop_cancelled()))
            await stack.enter_async_context(repeated(_MEND_EVERY_S, self._mend))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    @property
    def process(self) -> str:
        """By which name this process takes turns."""
        return self._engine.executor_id

    def close(self) -> None:
        """Take no further turns."""
        self._is_open = False

    async def start(self, deliberation: Deliberation) -> None:
        """See that a stored one runs when it is its turn; one that runs already goes on."""
        if deliberation.epoch > 0 and deliberation.id not in await self._recovered():
            await self._put_back(deliberation.id)
        await self._begin(deliberation.id)

    async def wait(self, deliberation_id: str) -> None:
        """Return when it neither waits for its turn nor is run by a living process."""
        while True:
            await self._engine.wait(deliberation_id)
            if not await self._is_under_way(deliberation_id):
                return
            await asyncio.sleep(_POLL_S)

    async def cancel(self, deliberation_id: str) -> None:
        """Stop the run of one that was cancelled; where nobody runs it, one comes to say so."""
        await self._engine.stop(deliberation_id)
        await self._put_back(deliberation_id)
        await self._begin(deliberation_id)

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""
        return await self._turns.ahead(deliberation_id)

    async def recover(self) -> tuple[str, ...]:
        """Go on with what dead processes left, and with what waits; return what is begun here."""
        recovered = await self._recovered()
        await self._put_back_orphans()
        return (*recovered, *await self._look())

    async def _is_under_way(self, deliberation_id: str) -> bool:
        # A turn that is taken just now has its run in a moment.
        async with self._looking:
            turn = await self._turns.find(deliberation_id)
            if turn is None:
                return await self._engine.is_running(deliberation_id)
            return turn.taken_by is None or await self._has_run(turn)

    async def _recovered(self) -> tuple[str, ...]:
        """Take over the runs of dead processes, as many as there is room for."""
        recovered = await self._engine.recover(self._room())
        if recovered:
            log.info("taken over", deliberations=recovered)
            await self._turns.keep(recovered, self._engine.executor_id)
            self._watched.update(set(recovered).difference(await self._turns.cancelled(recovered)))
        return recovered

    async def _put_back_orphans(self) -> None:
        """Let those wait again whose process died before it ran them, or could not start them."""
        async with self._looking:
            if lost := await self._without_run():
                unfinished = await self._engine.unfinished()
                for process, theirs in lost.items():
                    if orphans := theirs - unfinished:
                        await self._turns.give_back(sorted(orphans), process)

    async def _without_run(self) -> dict[str, set[str]]:
        """Return the taken ones, by process, that do not run there."""
        taken: dict[str, set[str]] = {}
        for turn in await self._turns.taken(self._platforms):
            taken.setdefault(turn.taken_by or "", set()).add(turn.deliberation_id)
        lost: dict[str, set[str]] = {}
        for process, theirs in taken.items():
            if process == self._engine.executor_id:
                lost[process] = theirs.difference(self._engine.running)
            elif not await self._engine.is_alive(process):
                lost[process] = theirs
        return {process: theirs for process, theirs in lost.items() if theirs}

    async def _begin(self, deliberation_id: str) -> None:
        """See that one that waits is run soon; unless the line is shared, nobody else does."""
        if self._terms.is_shared:
            self._news.set()
            return
        async with self._looking:
            turn = await self._turns.find(deliberation_id)
            if turn is None or turn.taken_by not in (None, self._engine.executor_id):
                return
            if not await self._engine.is_running(deliberation_id):
                await self._turns.keep([deliberation_id], self._engine.executor_id)
                self._note(turn)
                await self._engine.start(turn)

    async def _put_back(self, deliberation_id: str) -> None:
        """Let one wait again that has a turn and no run, unless another process begins with it."""
        async with self._looking:
            turn = await self._turns.find(deliberation_id)
            if turn is None or turn.taken_by is None:
                return
            if turn.tenant.platform not in self._platforms or await self._has_run(turn):
                return
            await self._turns.give_back([deliberation_id], turn.taken_by)

    async def _has_run(self, turn: Turn) -> bool:
        """Say whether a taken one runs, or will in a moment."""
        process = turn.taken_by or ""
        if process != self._engine.executor_id and await self._engine.is_alive(process):
            return True
        return await self._engine.is_running(turn.deliberation_id)

    async def _mend(self) -> None:
        """Give a turn to those that have none, nor a run."""
        await self._turns.mend(self._platforms, await self._engine.unfinished())

    async def _serve(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._news.wait()
            is_vain = self._news.is_set()
            self._news.clear()
            with suppress(StorageError):
                is_vain = not await self._look() and self._room() > 0 and is_vain
            rest_s = min(_REST * self._took_s, _LOOK_EVERY_S)
            await asyncio.sleep(max(rest_s, _VAIN_S) if is_vain else rest_s)

    async def _look(self) -> list[str]:
        """Take the turns that there is room for, and start them."""
        async with self._looking:
            turns = await self._taken() if self._room() > 0 else ()
            for turn in turns:
                self._note(turn)
            await asyncio.gather(*map(self._engine.start, turns))
        return [turn.deliberation_id for turn in turns]

    async def _taken(self) -> tuple[Turn, ...]:
        clock = asyncio.get_running_loop().time
        began = clock()
        turns = await self._turns.take(
            self._platforms,
            self._engine.executor_id,
            self._room(),
            per_channel=self._terms.per_channel,
            served=tuple(self._served),
        )
        self._took_s = clock() - began
        return turns

    def _room(self) -> int:
        return self._terms.most - len(self._engine.running) if self._is_open else 0

    def _note(self, turn: Turn) -> None:
        """Remember that it was this workspace's turn, and whether the run is about its end."""
        (self._watched.discard if turn.is_over else self._watched.add)(turn.deliberation_id)
        self._served.pop(turn.tenant, None)
        self._served[turn.tenant] = None
        if len(self._served) > _MOST_SERVED:
            del self._served[next(iter(self._served))]

    async def _stop_cancelled(self) -> None:
        """Stop the runs of those that are cancelled; none waits for another one's goodbye."""
        async with asyncio.TaskGroup() as stopping:
            while True:
                await asyncio.sleep(_CANCELLED_EVERY_S)
                with suppress(StorageError):
                    for deliberation_id in await self._cancelled():
                        self._watched.discard(deliberation_id)
                        stopping.create_task(self._stop(deliberation_id))

    async def _cancelled(self) -> tuple[str, ...]:
        """Return which of those that run here were cancelled since they began."""
        self._watched &= set(self._engine.running)
        return await self._turns.cancelled(self._watched) if self._watched else ()

    async def _stop(self, deliberation_id: str) -> None:
        with suppress(StorageError):
            await self._engine.stop(deliberation_id)

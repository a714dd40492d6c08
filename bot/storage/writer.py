"""The one writer of a process: writes that wait at the same moment share one transaction.

A commit costs a wait for the disk; three hundred deliberations that each pay for their own would
queue for it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, Executable

from bot.errors import NotFound, OverLimit, StorageError, Superseded
from bot.storage.crowding import Entry, crowded
from bot.storage.faults import FAULTS, is_own_fault, is_passing, storage_error
from bot.storage.reserving import reserve
from bot.storage.rows import Shape, Unit, by_shape, raised_epoch
from bot.storage.sessions import Sessions
from bot.storage.statements import EPOCHS, NOTICE, UNUSED, writes
from bot.team.spending.budgets import Claim

# Bounds the time that other processes on the same file wait for their turn.
_BURST_MAX = 500
# A transaction costs about 1.5 ms of CPU whatever it holds: with this many writers, fewer are worth
# a short wait.
_MANY = 4
_GATHERING_S = 0.01

# A server that restarts is back within seconds; the writes of paid answers wait for it.
_PATIENCE_S = 10.0
_PAUSE_S = 0.2

# What makes a worker look for turns: one that begins to wait, and one that is over.
_NOTICED = frozenset({Shape.TURN, Shape.TURN_OVER})

Outcome = int | StorageError | NotFound | OverLimit


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to write in one transaction.

    `deliberation_id` and `epoch` say which worker's write it is; a change without an epoch raises
    the epoch. A change that `creates` a deliberation has neither; its `claim` is set aside if it
    did, if its `entry` finds room. One that `reopens` a deliberation sets aside what that may cost
    again.
    """

    units: tuple[Unit, ...]
    deliberation_id: str | None = None
    epoch: int | None = None
    creates: str | None = None
    claim: Claim | None = None
    entry: Entry | None = None
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    change: Change
    outcome: asyncio.Future[int]


class Writer:
    """Writes changes, many at a time; each caller is answered after the commit."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._statements = writes(sessions.engine.dialect.name)
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._is_busy = False

    def start(self) -> None:
        """Begin to take changes."""
        self._task = asyncio.create_task(self._run(), name="storage writer")

    async def stop(self) -> None:
        """Write what waits, and take no more."""
        task, self._task = self._task, None
        if task is None:
            return
        self._queue.put_nowait(None)
        await task

    async def write(self, change: Change) -> int:
        """Return the deliberation's epoch once the change is committed.

        For one that `creates`, return 1 if it did and 0 if the deliberation was known already.
        Raises `Superseded` on an old epoch, `NotFound`, `OverLimit`, `StorageError`.
        """
        if self._task is None or self._task.done():
            raise _closed()
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        return await waiting.outcome

    async def _run(self) -> None:
        burst: list[_Waiting | None] = []
        try:
            while None not in burst:
                burst = await self._burst()
                await self._serve([waiting for waiting in burst if waiting is not None])
        finally:
            while not self._queue.empty():
                burst.append(self._queue.get_nowait())
            for waiting in burst:
                if waiting is not None:
                    _answer(waiting.outcome, _closed())

    async def _burst(self) -> list[_Waiting | None]:
        burst = [await self._queue.get()]
        # Whoever is ready to write right now joins this burst; among many, whoever soon will be.
        await asyncio.sleep(_GATHERING_S if self._is_busy else 0)
        while len(burst) < _BURST_MAX and not self._queue.empty():
            burst.append(self._queue.get_nowait())
        self._is_busy = len(burst) >= _MANY
        return burst

    async def _serve(self, burst: Sequence[_Waiting]) -> None:
        outcomes = await self._outcomes([waiting.change for waiting in burst])
        for waiting, outcome in zip(burst, outcomes, strict=True):
            _answer(waiting.outcome, outcome)

    async def _outcomes(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write a burst; if one change spoils it, write each alone."""
        if not changes:
            return []
        try:
            return await self._patiently(changes)
        except FAULTS as error:
            if len(changes) > 1 and is_own_fault(error):
                return [(await self._outcomes([change]))[0] for change in changes]
            return [storage_error(error) for _ in changes]

    async def _patiently(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write a burst, again if the connection was lost: a change may be written twice."""
        work = partial(_written, changes, self._statements)
        clock = asyncio.get_running_loop()
        give_up_at = clock.time() + _PATIENCE_S
        while True:
            try:
                return await self._sessions.write(work)
            except FAULTS as error:
                if not is_passing(error) or clock.time() > give_up_at:
                    raise
            await asyncio.sleep(_PAUSE_S)


def admit(changes: Iterable[Change], epochs: dict[str, int]) -> tuple[list[Outcome], list[Unit]]:
    """Tell the changes that may be written from those of workers that were superseded.

    `epochs` holds the epoch of each deliberation that exists; the raised ones are put in.
    """
    outcomes: list[Outcome] = []
    units: list[Unit] = []
    for change in changes:
        outcome = _admitted(change, epochs)
        outcomes.append(outcome)
        if isinstance(outcome, int):
            units.extend(change.units)
            if change.deliberation_id is not None and change.epoch is None:
                units.append(raised_epoch(change.deliberation_id, outcome))
    return outcomes, units


def _admitted(change: Change, epochs: dict[str, int]) -> Outcome:
    owner = change.deliberation_id
    if owner is None:
        return 0
    if owner not in epochs:
        return NotFound("There is no deliberation of that id.")
    if change.epoch is None:
        epochs[owner] += 1
    elif change.epoch < epochs[owner]:
        return Superseded("Another worker runs this deliberation now.")
    return epochs[owner]


def _written(
    changes: Sequence[Change], statements: Mapping[Shape, Sequence[Executable]], to: Connection
) -> list[Outcome]:
    """Write what may be written."""
    outcomes, units = admit(changes, _epochs(to, changes))
    new: dict[Shape, set[str]] = defaultdict(set)  # what was not there before
    shapes = by_shape(units)
    for shape, rows in shapes.items():
        for statement in statements[shape]:
            result = to.execute(statement, rows)
            if result.returns_rows:
                new[shape].update(result.scalars())
    created = new[Shape.DELIBERATION]
    reopened = [
        change.deliberation_id
        for change, outcome in zip(changes, outcomes, strict=True)
        if change.reopens and change.deliberation_id is not None and isinstance(outcome, int)
    ]
    refused = crowded(to, _entries(changes, created))
    refused |= reserve(to, _claims(changes, created - refused.keys()), reopened)
    if new[Shape.COUNCIL]:
        # Those of questions that were refused, or had come before.
        to.execute(UNUSED, {"digests": sorted(new[Shape.COUNCIL])})
    if to.dialect.name == "postgresql" and not _NOTICED.isdisjoint(shapes):
        to.execute(NOTICE)
    return [
        _created(change.creates, created, refused) if change.creates is not None else outcome
        for change, outcome in zip(changes, outcomes, strict=True)
    ]


def _entries(changes: Iterable[Change], created: Collection[str]) -> dict[str, Entry]:
    return {
        change.creates: change.entry
        for change in changes
        if change.entry is not None and change.creates is not None and change.creates in created
    }


def _claims(changes: Iterable[Change], created: Collection[str]) -> dict[str, Claim]:
    """Return what those deliberations ask for that were not there before."""
    return {
        change.creates: change.claim
        for change in changes
        if change.claim is not None and change.creates is not None and change.creates in created
    }


def _created(
    deliberation_id: str, created: Collection[str], refused: Mapping[str, OverLimit]
) -> Outcome:
    return refused.get(deliberation_id) or int(deliberation_id in created)


def _epochs(connection: Connection, changes: Iterable[Change]) -> dict[str, int]:
    ids = {change.deliberation_id for change in changes if change.deliberation_id is not None}
    if not ids:
        return {}
    rows = connection.execute(EPOCHS, {"ids": sorted(ids)})
    return {row.id: row.epoch for row in rows}


def _answer(outcome: asyncio.Future[int], answer: Outcome) -> None:
    """Answer a caller that still waits."""
    if outcome.done():
        return
    if isinstance(answer, int):
        outcome.set_result(answer)
    else:
        outcome.set_exception(answer)


def _closed() -> StorageError:
    return StorageError("The database is closed.")

"""What every way to run deliberations must do; a subclass gives the fixtures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bot.domain import Place
from bot.domain.events import DeliberationCancelled, SynthesisReady
from bot.ports import Records, Turns, Work
from tests.fakes.council import PLACE, SYNTHESIS, deliberation

Run = Callable[[str], Awaitable[None]]
OpenWork = Callable[[Run], AbstractAsyncContextManager[Work]]


class Runs:
    """A run that notes what becomes of it and ends when it is let go."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.cancelled: list[str] = []
        self.began = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, deliberation_id: str) -> None:
        self.seen.append(deliberation_id)
        self.began.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled.append(deliberation_id)
            raise


def as_a_worker(run: Run, records: Records, turns: Turns) -> Run:
    """Return what runs a deliberation as the worker does: it takes it up, and ends its turn."""

    async def work(deliberation_id: str) -> None:
        try:
            taken = await records.take_up(deliberation_id)
            await run(deliberation_id)
            if not taken.state.is_final:
                await records.save(taken, [SynthesisReady(SYNTHESIS)])
        finally:
            await turns.release(deliberation_id)

    return work


async def ask(records: Records, work: Work, deliberation_id: str, place: Place = PLACE) -> None:
    """Put a question as the app does."""
    await work.start(await records.create(deliberation(deliberation_id, place)))


async def cancel(records: Records, work: Work, deliberation_id: str) -> None:
    """Cancel one as the app does."""
    await note_cancelled(records, deliberation_id)
    await work.cancel(deliberation_id)


async def note_cancelled(records: Records, deliberation_id: str) -> None:
    """Cancel one as another process does."""
    taken = await records.take_up(deliberation_id)
    await records.save(taken, [DeliberationCancelled()])


class WorkContract:
    """Run this against an implementation by a subclass.

    `open_work` opens it with a run that works on what is in `records`.
    """

    @pytest.fixture
    def records(self) -> Records:
        raise NotImplementedError

    async def test_a_question_is_run_and_waited_for(
        self, open_work: OpenWork, records: Records
    ) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await ask(records, work, "d1")
            waiting = asyncio.create_task(work.wait("d1"))
            await runs.began.wait()
            was_over = waiting.done()
            runs.may_end.set()
            await waiting

        assert not was_over
        assert runs.seen == ["d1"]

    async def test_a_second_start_changes_nothing(
        self, open_work: OpenWork, records: Records
    ) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            new = await records.create(deliberation("d1"))
            await asyncio.gather(*(work.start(new) for _ in range(5)))
            await runs.began.wait()
            await work.start(await records.load("d1"))
            runs.may_end.set()
            await work.wait("d1")
            await work.start(new)
            await work.wait("d1")

            assert runs.seen == ["d1"]

    async def test_a_reopened_one_is_run_again(self, open_work: OpenWork, records: Records) -> None:
        runs = Runs()
        runs.may_end.set()
        async with open_work(runs) as work:
            await ask(records, work, "d1")
            await work.wait("d1")
            await work.start(await records.take_up("d1", is_fresh=True))
            await work.wait("d1")

            assert runs.seen == ["d1", "d1"]

    async def test_a_cancelled_run_has_stopped(self, open_work: OpenWork, records: Records) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await ask(records, work, "d1")
            await runs.began.wait()
            await cancel(records, work, "d1")

            assert runs.cancelled == ["d1"]
            await work.wait("d1")
            assert runs.seen == ["d1"]

    async def test_cancelling_stops_no_other_run(
        self, open_work: OpenWork, records: Records
    ) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await ask(records, work, "d10")
            await runs.began.wait()
            runs.began.clear()
            await ask(records, work, "d1")
            await runs.began.wait()
            await cancel(records, work, "d1")
            runs.may_end.set()
            await work.wait("d10")

        assert runs.cancelled == ["d1"]

    async def test_what_is_not_there_needs_no_wait(self, open_work: OpenWork) -> None:
        async with open_work(Runs()) as work:
            await work.wait("d1")
            await work.cancel("d1")

    async def test_what_the_living_run_is_not_recovered(
        self, open_work: OpenWork, records: Records
    ) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await ask(records, work, "d1")
            await runs.began.wait()

            assert await work.recover() == ()

    async def test_closing_stops_what_runs(self, open_work: OpenWork, records: Records) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await ask(records, work, "d1")
            await runs.began.wait()

        assert runs.cancelled == ["d1"]

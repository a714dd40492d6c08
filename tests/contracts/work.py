"""What every way to run deliberations must do; a subclass gives the `open_work` fixture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from bot.ports import Work
from tests.fakes.council import deliberation

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


class WorkContract:
    """Run this against an implementation by a subclass with an `open_work` fixture."""

    async def test_a_run_is_started_and_waited_for(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await runs.began.wait()
            is_running = await work.is_running("d1")
            runs.may_end.set()
            await work.wait("d1")

            assert is_running
            assert runs.seen == ["d1"]
            assert not await work.is_running("d1")

    async def test_a_second_start_of_an_epoch_changes_nothing(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await asyncio.gather(*(work.start(deliberation("d1")) for _ in range(5)))
            await work.start(deliberation("d1"))
            runs.may_end.set()
            await work.wait("d1")

            assert runs.seen == ["d1"]

    async def test_another_epoch_is_another_run(self, open_work: OpenWork) -> None:
        runs = Runs()
        runs.may_end.set()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await work.wait("d1")
            await work.start(replace(deliberation("d1"), epoch=2))
            await work.wait("d1")

            assert runs.seen == ["d1", "d1"]

    async def test_a_cancelled_run_has_stopped(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await runs.began.wait()
            await work.cancel("d1")

            assert runs.cancelled == ["d1"]
            assert not await work.is_running("d1")

    async def test_cancelling_stops_no_other_run(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await work.start(deliberation("d10"))
            await work.cancel("d1")

            assert not await work.is_running("d1")
            assert await work.is_running("d10")

    async def test_what_is_not_running_needs_no_wait(self, open_work: OpenWork) -> None:
        async with open_work(Runs()) as work:
            await work.wait("d1")
            await work.cancel("d1")

            assert not await work.is_running("d1")

    async def test_what_the_living_run_is_not_recovered(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await runs.began.wait()

            assert await work.recover() == ()

    async def test_closing_stops_what_runs(self, open_work: OpenWork) -> None:
        runs = Runs()
        async with open_work(runs) as work:
            await work.start(deliberation("d1"))
            await runs.began.wait()

        assert runs.cancelled == ["d1"]

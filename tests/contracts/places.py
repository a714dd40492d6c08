"""What every implementation of `Places` must do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest

from bot.ports import Places

KEY = "provider:one"
# So long that only a place which never comes takes longer.
_PATIENCE_S = 20.0
_CALL_S = 0.02


@dataclass
class Tally:
    """How many places were in use, now and at most."""

    now: int = 0
    most: int = 0

    def enter(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)

    def leave(self) -> None:
        self.now -= 1


async def use(places: Places, tally: Tally, *, most: int = 2, key: str = KEY) -> None:
    """Hold a place for the time of a short call."""
    async with asyncio.timeout(_PATIENCE_S), places.place(key, most):
        tally.enter()
        await asyncio.sleep(_CALL_S)
        tally.leave()


class Holder:
    """Holds a place until it is told to let go."""

    def __init__(self, places: Places, key: str = KEY, most: int = 1) -> None:
        self._places, self._key, self._most = places, key, most
        self._has, self._may_go = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Hold one from now on."""
        self.ask()
        async with asyncio.timeout(_PATIENCE_S):
            await self._has.wait()

    def ask(self) -> None:
        """Begin to wait for one."""
        self._task = asyncio.create_task(self._hold())

    async def has_one(self, *, within_s: float) -> bool:
        """Say whether it holds one, after some time at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._has.wait()
        return self._has.is_set()

    async def stop(self) -> None:
        """Let go of it."""
        self._may_go.set()
        assert self._task is not None
        await self._task

    async def give_up(self) -> None:
        """End the wait, or the call, from outside."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _hold(self) -> None:
        async with self._places.place(self._key, self._most):
            self._has.set()
            await self._may_go.wait()


class PlacesContract:
    """Holds for all places; give `processes`, two that share them."""

    @pytest.fixture
    def places(self, processes: Sequence[Places]) -> Places:
        return processes[0]

    async def test_no_more_are_held_than_there_are(self, processes: Sequence[Places]) -> None:
        tally = Tally()

        await asyncio.gather(*(use(each, tally) for each in processes for _ in range(10)))

        assert (tally.most, tally.now) == (2, 0)

    async def test_all_that_there_are_may_be_held_at_once(
        self, processes: Sequence[Places]
    ) -> None:
        holders = [Holder(each, most=4) for each in processes for _ in range(2)]

        for holder in holders:
            await holder.start()

        for holder in holders:
            await holder.stop()

    async def test_keys_have_their_own(self, processes: Sequence[Places]) -> None:
        holder = Holder(processes[0])
        await holder.start()

        await use(processes[0], Tally(), most=1, key="provider:another")
        await use(processes[1], Tally(), most=1, key="provider:another")

        await holder.stop()

    async def test_what_one_process_gives_back_another_gets(
        self, processes: Sequence[Places]
    ) -> None:
        ours, theirs = (Holder(each) for each in processes)
        await ours.start()
        theirs.ask()
        assert not await theirs.has_one(within_s=0.1)

        await ours.stop()

        assert await theirs.has_one(within_s=_PATIENCE_S)
        await theirs.stop()

    async def test_whoever_waits_elsewhere_gets_one_of_a_busy_process(
        self, processes: Sequence[Places]
    ) -> None:
        async def be_busy() -> None:
            while True:
                await use(processes[0], Tally(), most=1)

        holder = Holder(processes[0])
        await holder.start()
        busy = [asyncio.create_task(be_busy()) for _ in range(4)]
        await asyncio.sleep(0)
        await holder.stop()

        for _ in range(3):
            await use(processes[1], Tally(), most=1)

        for task in busy:
            task.cancel()
        await asyncio.wait(busy)

    async def test_whoever_no_longer_waits_gets_none(self, processes: Sequence[Places]) -> None:
        for places in processes:
            first, second = Holder(places), Holder(places)
            await first.start()
            second.ask()
            assert not await second.has_one(within_s=0.05)

            await second.give_up()
            await first.stop()

            await use(places, Tally(), most=1)

    async def test_a_call_that_is_ended_gives_its_place_back(
        self, processes: Sequence[Places]
    ) -> None:
        holder = Holder(processes[0])
        await holder.start()

        await holder.give_up()

        await use(processes[1], Tally(), most=1)

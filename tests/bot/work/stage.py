"""A worker on fakes, and everything around it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.domain import Deliberation, Place, PostState
from bot.domain.reports import RootReport
from bot.ports.observer import NOBODY, WorkObserver
from bot.work.worker import Platform, Worker
from tests.fakes.chat import FakeChat
from tests.fakes.council import PLACE, Script, Step, deliberation
from tests.fakes.models import FakeModels, Says
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.turns import FakeTurns


class Stage:
    """A worker and everything around it."""

    observer: WorkObserver = NOBODY

    def __init__(self, chat: FakeChat | None = None) -> None:
        self.records = FakeRecords()
        self.outbox = FakeOutbox(self.records)
        self.turns = FakeTurns(self.records)
        self.chat = chat or FakeChat()

    def worker(self, script: Script) -> Worker:
        return Worker(
            deliberate=script,
            models=lambda _: FakeModels(lambda _: Says("")),
            records=self.records,
            outbox=self.outbox,
            turns=self.turns,
            platforms={"console": Platform(self.chat)},
            observer=self.observer,
        )

    async def ask(self, place: Place = PLACE) -> None:
        await self.records.create(deliberation(place=place))

    async def run(self, *steps: Step) -> Deliberation:
        await self.worker(Script(*steps)).run("d1")
        return await self.records.load("d1")

    async def interrupt(self, *steps: Step) -> None:
        """Run until the script waits for ever, then stop as a process does that ends."""
        script = Script(*steps, asyncio.Event())
        run = asyncio.create_task(self.worker(script).run("d1"))
        await asyncio.sleep(19)
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run

    def root(self) -> RootReport:
        last = self.chat.message("root").reports[-1]
        assert isinstance(last, RootReport)
        return last

    def states(self) -> dict[str, PostState]:
        return {post.slot: post.state for post in self.records.posts.values()}

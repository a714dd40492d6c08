"""Processes that take, die and wake up in any order: one has a deliberation, and one may write.

The model beside it is a few lines: who has which turn, and whose epoch is the latest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from bot.domain import Deliberation
from bot.domain.events import Fact
from bot.errors import Superseded
from bot.ports import Records, Turns
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.turns import SqlTurns
from tests.contracts.records import a_synthesis, an_answer
from tests.contracts.turns import asked
from tests.fakes.records import FakeRecords
from tests.fakes.turns import FakeTurns

T = TypeVar("T")

PROCESSES = st.sampled_from(["p1", "p2", "p3"])
_NUMBERS = count()


@dataclass(eq=False)
class Known:
    """What the model knows of a deliberation."""

    id: str
    channel: str
    epoch: int = 0
    taken_by: str | None = None
    has_turn: bool = True
    is_open: bool = True
    answers: int = 0


@dataclass(frozen=True, eq=False)
class Run:
    """A process's work on a deliberation, at the epoch of its taking up."""

    known: Known
    held: Deliberation


class Taking(RuleBasedStateMachine):
    """The model, beside what it is compared with."""

    runner: asyncio.Runner
    database: Database | None = None  # None is the fake
    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.here = (f"machine {next(_NUMBERS)}",)
        self.all: dict[str, Known] = {}
        self.records, self.turns = self.opened()

    def opened(self) -> tuple[Records, Turns]:
        if self.database is None:
            records = FakeRecords()
            return records, FakeTurns(records)
        return SqlRecords(self.database), SqlTurns(self.database)

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    @rule(channel=st.sampled_from(["C1", "C2"]))
    def ask(self, channel: str) -> None:
        new = self.run(asked(self.records, channel=channel, platform=self.here[0]))
        self.all[new.id] = Known(new.id, channel)

    @rule(target=runs, process=PROCESSES)
    def take(self, process: str) -> Run | None:
        taken = self.run(self.turns.take(self.here, process, 1, per_channel=1))
        if not taken:
            assert not self.free
            return None
        known = self.all[taken[0].deliberation_id]
        assert known in self.free
        known.taken_by = process
        return self.begun(known)

    @rule(target=runs, dead=PROCESSES, heir=PROCESSES)
    def take_over(self, dead: str, heir: str) -> Run | None:
        theirs = [known for known in self.all.values() if known.taken_by == dead]
        self.run(self.turns.keep([known.id for known in theirs], heir))
        for known in theirs:
            known.taken_by = heir
        return self.begun(theirs[0]) if theirs else None

    @rule(process=PROCESSES)
    def hand_back(self, process: str) -> None:
        self.run(self.turns.give_back(sorted(self.all), process))
        for known in self.all.values():
            if known.taken_by == process:
                known.taken_by = None

    @rule(run=runs)
    def answer(self, run: Run | None) -> None:
        if run is not None and run.known.is_open:
            fact = an_answer(f"member {next(_NUMBERS)}")
            run.known.answers += self.is_taken(run, fact)

    @rule(run=runs)
    def finish(self, run: Run | None) -> None:
        if run is not None and run.known.is_open and self.is_taken(run, a_synthesis()):
            run.known.is_open = False

    @rule(run=runs)
    def release(self, run: Run | None) -> None:
        if run is not None:
            self.run(self.turns.release(run.known.id))
            if not run.known.is_open:
                run.known.has_turn, run.known.taken_by = False, None

    @invariant()
    def turns_are_those_of_the_model(self) -> None:
        taken = self.run(self.turns.taken(self.here))
        found = {turn.deliberation_id: turn.taken_by for turn in taken}
        assert found == {known.id: known.taken_by for known in self.all.values() if known.taken_by}

    @invariant()
    def one_of_a_channel_is_taken(self) -> None:
        taken = Counter(known.channel for known in self.all.values() if known.taken_by)
        assert all(number == 1 for number in taken.values())

    @property
    def free(self) -> list[Known]:
        """Those that wait in a channel where nobody is at work."""
        busy = {known.channel for known in self.all.values() if known.taken_by}
        waiting = [known for known in self.all.values() if known.has_turn and not known.taken_by]
        return [known for known in waiting if known.channel not in busy]

    def begun(self, known: Known) -> Run:
        held = self.run(self.records.take_up(known.id))
        known.epoch += 1
        assert held.epoch == known.epoch
        return Run(known, held)

    def is_taken(self, run: Run, fact: Fact) -> bool:
        """Save a fact, and say whether it is on record; the word of an old epoch must not be."""
        is_latest = run.held.epoch == run.known.epoch
        if is_latest:
            self.run(self.records.save(run.held, [fact]))
        else:
            with pytest.raises(Superseded):
                self.run(self.records.save(run.held, [fact]))
        found = self.run(self.records.load(run.known.id))
        assert len(found.answers) == run.known.answers + (is_latest and fact != a_synthesis())
        return is_latest


_IN_MEMORY = settings(max_examples=25, stateful_step_count=40)
# Each step is a few transactions.
_STORED = settings(max_examples=6, stateful_step_count=30)


def test_the_fake_keeps_to_the_model() -> None:
    with asyncio.Runner() as shared:

        class InMemory(Taking):
            runner = shared

        run_machine(InMemory, settings=_IN_MEMORY)


def test_a_database_keeps_to_the_model(database_url: str) -> None:
    with asyncio.Runner() as shared:
        stack = AsyncExitStack()
        opened = shared.run(stack.enter_async_context(open_database(database_url)))

        class Stored(Taking):
            runner, database = shared, opened

        try:
            run_machine(Stored, settings=_STORED)
        finally:
            shared.run(stack.aclose())

"""Setting aside, settling, refusing and reopening in any order, beside a model of a few lines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Deliberation, Spent, Tenant
from bot.domain.events import CallsUsed, DeliberationCancelled, DeliberationFailed, Fact
from bot.errors import OverLimit
from bot.ports import Budgets, Records
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.team.budgets import SqlBudgets
from tests.contracts.budgets import a_council, cap, paid
from tests.contracts.records import a_synthesis
from tests.fakes.records import FakeRecords
from tests.fakes.team.budgets import FakeBudgets

T = TypeVar("T")

# Limits in micros and in councils, by key; one key is counted only.
LIMITS = {"channel": (100, None), "workspace": (150, 6), "person": (None, 4), "month": (None, None)}
_NUMBERS = count()


@dataclass
class Council:
    """What the model knows of a council."""

    known: Deliberation
    keys: tuple[str, ...]
    delivery: str
    most: int
    held: int
    paid: int = 0
    is_open: bool = True
    is_settled: bool = False


class Spending(RuleBasedStateMachine):
    """The model, beside what it is compared with."""

    runner: asyncio.Runner
    database: Database | None = None  # None is the fake
    running = Bundle("running")
    ended = Bundle("ended")

    def __init__(self) -> None:
        super().__init__()
        self.tenant = Tenant("slack", f"W{next(_NUMBERS)}")
        self.councils: list[Council] = []
        self.is_lent = False
        self.records, self.budgets = self.opened()

    def opened(self) -> tuple[Records, Budgets]:
        if self.database is None:
            records = FakeRecords()
            return records, FakeBudgets(records)
        return SqlRecords(self.database), SqlBudgets(self.database)

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.budgets.settle())  # it settles for all workspaces, also the next one's

    @rule(
        target=running,
        most=st.integers(0, 60),
        keys=st.sets(st.sampled_from(sorted(LIMITS)), min_size=1),
    )
    def ask(self, most: int, keys: set[str]) -> Council | None:
        new = a_council(most, workspace=self.tenant.workspace)
        asked = Council(new, tuple(sorted(keys)), f"delivery {new.id}", most, most)
        if not all(self.has_room(key, most) for key in keys):
            with pytest.raises(OverLimit):
                self.create(asked)
            return None
        assert self.create(asked) == new
        self.councils.append(asked)
        return asked

    @rule(council=running)
    def deliver_again(self, council: Council | None) -> None:
        if council is not None:
            assert self.create(council).id == council.known.id

    @rule(council=running, share=st.floats(0, 1))
    def pay(self, council: Council | None, share: float) -> None:
        if council is not None and council.is_open:
            micros = int((council.most - council.paid) * share)
            # Of two facts that are the same only one counts.
            self.save(council, replace(paid(micros / 1_000_000), member=f"{next(_NUMBERS)}"))
            council.paid += micros

    @rule(target=ended, council=consumes(running), way=st.sampled_from(["done", "failed", "early"]))
    def end(self, council: Council | None, way: str) -> Council | None:
        if council is not None:
            is_fresh = not council.known.epoch
            early = DeliberationCancelled() if is_fresh else DeliberationFailed("No.")
            endings = {"done": a_synthesis(), "failed": DeliberationFailed("No."), "early": early}
            self.save(council, endings[way])
            council.is_open = False
        return council

    @rule(target=running, council=consumes(ended))
    def reopen(self, council: Council | None) -> Council | None:
        if council is not None:
            council.known = self.run(self.records.take_up(council.known.id, is_fresh=True))
            if council.is_settled:
                council.held, council.is_settled = max(council.held, council.most), False
                self.is_lent = True
            council.is_open = True
        return council

    @rule()
    def settle(self) -> None:
        due = [one for one in self.councils if not one.is_open and not one.is_settled]
        for council in due:
            council.held, council.is_settled = council.paid, True
        assert self.run(self.budgets.settle()) == len(due)

    @invariant()
    def sums_are_those_of_the_model(self) -> None:
        held = self.run(self.budgets.spent(self.tenant, list(LIMITS)))
        assert held == {key: spent for key in LIMITS if (spent := self.spent(key)).councils}

    @invariant()
    def nobody_overspends(self) -> None:
        for key, (micros, councils) in LIMITS.items():
            spent = self.spent(key)
            assert councils is None or spent.councils <= councils
            assert micros is None or spent.micros <= micros or self.is_lent

    def spent(self, key: str) -> Spent:
        theirs = [council for council in self.councils if key in council.keys]
        return Spent(sum(council.held for council in theirs), len(theirs))

    def has_room(self, key: str, most: int) -> bool:
        micros, councils = LIMITS[key]
        spent = self.spent(key)
        has_money = micros is None or most == 0 or spent.micros + most <= micros
        return has_money and (councils is None or spent.councils < councils)

    def create(self, asked: Council) -> Deliberation:
        caps = [cap(key, *LIMITS[key]) for key in asked.keys]
        return self.run(self.records.create(asked.known, delivery=asked.delivery, caps=caps))

    def save(self, council: Council, fact: CallsUsed | Fact) -> None:
        self.run(self.records.save(council.known, [fact]))


_IN_MEMORY = settings(max_examples=40, stateful_step_count=40)
# Each step is a transaction or two.
_STORED = settings(max_examples=15, stateful_step_count=30)


def test_the_fake_keeps_to_the_model() -> None:
    with asyncio.Runner() as shared:

        class InMemory(Spending):
            runner = shared

        run_state_machine_as_test(InMemory, settings=_IN_MEMORY)


def test_a_database_keeps_to_the_model(database_url: str) -> None:
    with asyncio.Runner() as shared:
        stack = AsyncExitStack()
        opened = shared.run(stack.enter_async_context(open_database(database_url)))

        class Stored(Spending):
            runner, database = shared, opened

        try:
            run_state_machine_as_test(Stored, settings=_STORED)
        finally:
            shared.run(stack.aclose())

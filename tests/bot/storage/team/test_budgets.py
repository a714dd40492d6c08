"""Budgets on both databases, and the fake that stands for them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, func, select, update

from bot.app import new_id
from bot.domain import Spent
from bot.errors import OverLimit
from bot.ports import Budgets, Records
from bot.storage.address import parse_address
from bot.storage.connections import WRITES, blocking_engine
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.tables import councils, deliberations
from bot.storage.team.budgets import SqlBudgets
from bot.storage.team_tables import reservations, spending
from tests.contracts.budgets import ACME, CENT, MOST, BudgetsContract, a_council, cap, paid
from tests.contracts.records import a_synthesis
from tests.fakes.records import FakeRecords
from tests.fakes.team.budgets import FakeBudgets

_COUNCILS = 100


class TestSqlBudgets(BudgetsContract):
    """On SQLite and PostgreSQL."""

    @pytest.fixture
    def records(self, database: Database) -> Records:
        return SqlRecords(database)

    @pytest.fixture
    def budgets(self, database: Database) -> Budgets:
        return SqlBudgets(database)


class TestFakeBudgets(BudgetsContract):
    """In memory."""

    @pytest.fixture
    def records(self) -> Records:
        return FakeRecords()

    @pytest.fixture
    def budgets(self, records: FakeRecords) -> Budgets:
        return FakeBudgets(records)


async def test_a_hundred_councils_at_once_do_not_overspend_the_last_cent(
    database_url: str,
) -> None:
    """Two processes; each council may take three thousandths of a dollar, one cent is left."""
    most, limit = 3_000, 50_000
    caps = [cap("channel:C1", limit), cap("workspace", 10 * limit), cap("person:U1")]
    async with open_database(database_url) as one, open_database(database_url) as other:
        await SqlRecords(one).create(a_council(limit - CENT), caps=caps)
        await SqlBudgets(other).spent(ACME, [])  # connected too, lest it come second each time
        councils = [a_council(most) for _ in range(_COUNCILS)]

        made = await asyncio.gather(
            *(
                SqlRecords(database).create(new, delivery=f"d{new.id}", caps=caps)
                for new, database in zip(councils, [one, other] * (_COUNCILS // 2), strict=True)
            ),
            return_exceptions=True,
        )

        kept = [new for new in made if new in councils]
        refused = [new for new in made if isinstance(new, OverLimit)]
        held = await SqlBudgets(one).spent(ACME, [each.key for each in caps])
        stored = await _number_stored(other)
    assert len(kept) == 3  # as many as a cent pays for
    assert len(refused) == _COUNCILS - 3
    assert stored == 1 + 3
    spent = Spent(limit - CENT + 3 * most, 1 + 3)
    assert held == dict.fromkeys(held, spent)
    assert len(held) == 3


async def test_of_a_refused_question_not_even_its_council_stays(database: Database) -> None:
    records, kept, refused = SqlRecords(database), a_council(), a_council()
    mine = replace(kept.council, instructions="Of the one that stays.")
    theirs = replace(kept.council, instructions="Of the one that is refused.")
    kept, refused = replace(kept, council=mine), replace(refused, council=theirs)

    made = await asyncio.gather(
        records.create(kept, delivery="d1", caps=[cap("room", MOST)]),
        records.create(refused, caps=[cap("none", MOST - 1)]),
        return_exceptions=True,
    )
    await records.create(replace(refused, id=new_id()), delivery="d1", caps=[cap("room", MOST)])

    assert made[0] == kept
    assert isinstance(made[1], OverLimit)
    assert await database.read(_councils) == [mine]


def _councils(connection: Connection) -> list[object]:
    return list(connection.scalars(select(councils.c.definition)))


async def test_a_council_waits_for_what_another_process_decides(
    database: Database, database_url: str
) -> None:
    records = SqlRecords(database)
    await records.create(a_council(MOST), caps=[cap("room", 2 * MOST)])
    engine = blocking_engine(parse_address(database_url)).execution_options(**WRITES)
    with engine.connect() as other:
        other.execute(select(spending).with_for_update())
        waiting = asyncio.create_task(records.create(a_council(), caps=[cap("room", 2 * MOST)]))
        done, _ = await asyncio.wait([waiting], timeout=0.2)
        assert not done
        other.execute(update(spending).values(micros=2 * MOST))
        other.commit()

    with pytest.raises(OverLimit):
        await waiting


async def test_councils_of_many_keys_at_once_lose_nothing(database_url: str) -> None:
    """Their keys overlap in every order, so that whoever locks out of order waits in a circle."""
    keys = [f"k{number}" for number in range(8)]
    async with open_database(database_url) as one, open_database(database_url) as other:
        for _ in range(2):  # the keys are new, then known
            tasks = [
                SqlRecords([one, other][number % 2]).create(
                    a_council(1), caps=[cap(keys[(number * step) % 8]) for step in (5, 3, 1)]
                )
                for number in range(_COUNCILS)
            ]
            await asyncio.gather(*tasks)

        held = await SqlBudgets(one).spent(ACME, keys)
        rows = await one.read(_reserved)
    assert sum(spent.micros for spent in held.values()) == rows
    assert sum(spent.councils for spent in held.values()) == rows


async def test_a_burst_of_many_people_is_one_transaction_all_the_same(database: Database) -> None:
    """Each brings keys of its own: more than a statement may have parts in some databases."""
    made = await asyncio.gather(
        *(
            SqlRecords(database).create(
                a_council(1), caps=[cap(f"{number}:{window}", 9) for window in range(6)]
            )
            for number in range(300)
        )
    )

    held = await SqlBudgets(database).spent(ACME, ["0:0", "299:5"])
    assert len(made) == 300
    assert held == {"0:0": Spent(1, 1), "299:5": Spent(1, 1)}


async def test_several_processes_settle_each_council_once(database_url: str) -> None:
    async with open_database(database_url) as one, open_database(database_url) as other:
        records = SqlRecords(one)
        for _ in range(30):
            new = await records.create(a_council(), caps=[cap("day"), cap("month")])
            await records.save(new, [paid(0.001), a_synthesis()])
        sides = [SqlBudgets(one), SqlBudgets(other)] * 3

        settled = await asyncio.gather(*(side.settle() for side in sides))

        assert sum(settled) == 30
        held = await sides[0].spent(ACME, ["day", "month"])
    assert held == {"day": Spent(30_000, 30), "month": Spent(30_000, 30)}


async def test_what_is_forgotten_unsettled_keeps_what_was_set_aside(database: Database) -> None:
    records, budgets = SqlRecords(database), SqlBudgets(database)
    new = await records.create(a_council(), caps=[cap("forgotten")])
    await database.write(
        lambda connection: connection.execute(
            delete(deliberations).where(deliberations.c.id == new.id)
        )
    )

    assert [await budgets.settle(), await budgets.settle()] == [1, 0]

    assert await budgets.spent(ACME, ["forgotten"]) == {"forgotten": Spent(MOST, 1)}


async def test_sums_are_deleted_forty_days_after_they_count(database: Database) -> None:
    records = SqlRecords(database)
    now = datetime.now(UTC)
    old = replace(cap("old"), resets_at=now - timedelta(days=41))
    recent = replace(cap("recent"), resets_at=now - timedelta(days=39))
    new = await records.create(a_council(), caps=[old, recent])
    await records.save(new, [a_synthesis()])

    await SqlBudgets(database).settle()

    def left(connection: Connection) -> list[str]:
        keys = [*connection.scalars(select(spending.c.key))]
        return [*keys, *connection.scalars(select(reservations.c.key))]

    assert await database.read(left) == ["recent", "recent"]


async def test_a_refused_council_leaves_no_row_but_its_seats(database: Database) -> None:
    records = SqlRecords(database)

    with pytest.raises(OverLimit):
        await records.create(a_council(), caps=[cap("nothing", 0)])

    assert await _number_stored(database) == 0
    assert await database.read(_reserved) == 0


def _reserved(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(reservations)) or 0


async def _number_stored(database: Database) -> int:
    def count(connection: Connection) -> int:
        return connection.scalar(select(func.count()).select_from(deliberations)) or 0

    return await database.read(count)

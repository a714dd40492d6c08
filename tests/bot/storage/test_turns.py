"""Turns on both databases, and the fake that stands for them."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import delete, select

from bot.domain import Tenant
from bot.ports import Records, Turns
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.tables import turns as table
from bot.storage.team.archive import SqlArchive
from bot.storage.turns import SqlTurns
from tests.contracts.records import a_synthesis
from tests.contracts.turns import TurnsContract, asked, ids, take
from tests.fakes.records import FakeRecords
from tests.fakes.turns import FakeTurns

_ROUNDS = 20


class TestSqlTurns(TurnsContract):
    """On SQLite and PostgreSQL."""

    @pytest.fixture
    def records(self, database: Database) -> Records:
        self._database = database
        return SqlRecords(database)

    @pytest.fixture
    def turns(self, database: Database) -> Turns:
        return SqlTurns(database)

    async def lose(self, turns: Turns) -> None:
        await self._database.write(lambda connection: connection.execute(delete(table)))


class TestFakeTurns(TurnsContract):
    """In memory."""

    @pytest.fixture
    def records(self) -> FakeRecords:
        self._records = FakeRecords()
        return self._records

    @pytest.fixture
    def turns(self, records: FakeRecords) -> Turns:
        return FakeTurns(records)

    async def lose(self, turns: Turns) -> None:
        self._records.turns.clear()

    async def test_what_is_dropped_has_no_turn(self) -> None:
        records = FakeRecords()
        new = await asked(records)

        records.drop(new.id)

        assert await FakeTurns(records).find(new.id) is None


async def test_what_is_forgotten_has_no_turn(database: Database) -> None:
    records, turns, archive = SqlRecords(database), SqlTurns(database), SqlArchive(database)
    here, there = [await asked(records, workspace=workspace) for workspace in ("T1", "T2")]

    await archive.forget(Tenant("slack", "T1"), here.id)
    await archive.forget_workspace(Tenant("slack", "T2"))

    assert await turns.find(here.id) is None
    assert await turns.find(there.id) is None
    count = await database.read(lambda connection: connection.execute(select(table)).all())
    assert count == []


async def test_processes_never_have_the_same_turn_nor_two_of_a_channel(
    database: Database, database_url: str
) -> None:
    records, mine = SqlRecords(database), SqlTurns(database)
    everybody: Counter[str] = Counter()
    asked_here = [
        await asked(records, channel=f"C{number % 8}", workspace=f"T{number % 2}")
        for number in range(2 * _ROUNDS)
    ]
    channels = {each.id: each.question.place for each in asked_here}

    async with open_database(database_url) as other:
        theirs = SqlTurns(other)
        for _ in range(_ROUNDS):
            both = await asyncio.gather(take(mine, "mine", 3), take(theirs, "theirs", 3))
            now = [each for theirs in both for each in theirs]
            everybody.update(now)
            assert len({channels[each] for each in now}) == len(now)
            for each in asked_here:
                if each.id in now:
                    await records.save(each, [a_synthesis()])
                    await mine.release(each.id)

    assert everybody == Counter(ids(*asked_here))

"""Turns on both databases, and the fake that stands for them."""

from __future__ import annotations

import asyncio
from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import delete, select

from bot.domain import Deliberation, Tenant
from bot.ports import Records, Turns
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.tables import turns as table
from bot.storage.team.archive import SqlArchive
from bot.storage.turns import SqlTurns
from tests.contracts.records import a_synthesis
from tests.contracts.turns import TurnsContract, asked, take
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
    known = {
        each.id: each
        for each in await asyncio.gather(
            *(
                asked(records, channel=f"C{number % 8}", workspace=f"T{number % 2}")
                for number in range(8 * _ROUNDS)
            )
        )
    }

    async with open_database(database_url) as other:
        theirs = SqlTurns(other)
        for _ in range(_ROUNDS):
            both = await asyncio.gather(take(mine, "mine", 4), take(theirs, "theirs", 4))
            now = [known.pop(each) for turns in both for each in turns]
            assert len({each.question.place for each in now}) == len(now) == 8
            await asyncio.gather(*(_end(records, mine, each) for each in now))

    assert known == {}


@pytest.mark.postgres
async def test_what_another_process_took_in_this_moment_is_left_to_it(postgres_url: str) -> None:
    taking = "UPDATE turns SET taken_by = 'other'"
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    connecting = psycopg.AsyncConnection.connect
    async with (
        open_database(postgres_url) as database,
        await connecting(postgres_url) as other,
        await connecting(postgres_url, autocommit=True) as onlooker,
    ):
        await asked(SqlRecords(database))
        await other.execute(taking)

        taken = asyncio.create_task(take(SqlTurns(database)))
        async with asyncio.timeout(20):
            while await _number(onlooker, waiting) == 0:  # noqa: ASYNC110 a view tells nobody
                await asyncio.sleep(0.01)
        await other.commit()

        assert await taken == []


async def _end(records: Records, turns: Turns, deliberation: Deliberation) -> None:
    await records.save(deliberation, [a_synthesis()])
    await turns.release(deliberation.id)


async def _number(connection: psycopg.AsyncConnection, query: LiteralString) -> int:
    (number,) = await (await connection.execute(query)).fetchone() or (0,)
    return number

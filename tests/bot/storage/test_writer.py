"""Writes share transactions; no caller is answered early or for another's fault."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, event, make_url

from bot.domain import Answer, Review
from bot.domain.events import AnswerArrived, ReviewArrived
from bot.errors import NotFound, StorageError, Superseded
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.tables import deliberations
from bot.storage.writer import Change, admit
from tests.contracts.records import a_deliberation, a_failure, an_answer, folded
from tests.launcher import Launcher
from tests.postgres import Postgres

# SQLite takes this number for NULL, and the column takes no NULL.
_REFUSED = AnswerArrived(Answer("Ada", "text", "work/a", float("nan")))


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncGenerator[Database]:
    async with open_database(sqlite_url) as opened:
        yield opened


def _commits(database: Database) -> Sequence[None]:
    commits: list[None] = []

    def count(_: Connection) -> None:
        commits.append(None)

    event.listen(database.sessions.engine, "commit", count)
    return commits


async def test_writes_that_wait_together_share_a_commit(sqlite_database: Database) -> None:
    records = SqlRecords(sqlite_database)
    made = [await records.create(a_deliberation()) for _ in range(20)]
    commits = _commits(sqlite_database)

    await asyncio.gather(*(records.save(new, [an_answer()]) for new in made))

    assert len(commits) == 1
    assert [len((await records.load(new.id)).answers) for new in made] == [1] * 20


async def test_a_number_too_large_for_the_driver_fails_its_own_caller_only(
    sqlite_database: Database,
) -> None:
    records = SqlRecords(sqlite_database)
    good, bad = [await records.create(a_deliberation()) for _ in range(2)]
    vast = ReviewArrived(Review("Ada", "text", "work/a", 1.0, turn=2**70))

    results = await asyncio.gather(
        records.save(bad, [vast]), records.save(good, [an_answer()]), return_exceptions=True
    )

    assert isinstance(results[0], StorageError)
    assert results[1] is None
    await records.save(bad, [an_answer()])


async def test_a_row_that_is_refused_fails_its_own_caller_only(
    sqlite_database: Database,
) -> None:
    records = SqlRecords(sqlite_database)
    new, other = [await records.create(a_deliberation()) for _ in range(2)]

    outcomes = await asyncio.gather(
        records.save(new, [an_answer()]),
        records.save(other, [an_answer(), _REFUSED]),
        records.save(new, [a_failure()]),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [type(None), StorageError, type(None)]
    assert await records.load(new.id) == folded(new, [an_answer(), a_failure()])
    assert await records.load(other.id) == other


async def test_a_caller_that_gives_up_does_not_disturb_the_others(database: Database) -> None:
    records = SqlRecords(database)
    new = await records.create(a_deliberation())

    impatient = asyncio.create_task(records.save(new, [an_answer()]))
    patient = asyncio.create_task(records.save(new, [a_failure()]))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient

    assert (await records.load(new.id)).failures == folded(new, [a_failure()]).failures


async def test_what_waits_is_written_before_the_database_closes(database_url: str) -> None:
    async with open_database(database_url) as database:
        records = SqlRecords(database)
        new = await records.create(a_deliberation())
        last = asyncio.create_task(records.save(new, [an_answer()]))
        await asyncio.sleep(0)
    await last

    async with open_database(database_url) as database:
        assert (await SqlRecords(database).load(new.id)).answers != ()


async def test_a_closed_database_takes_nothing(database_url: str) -> None:
    async with open_database(database_url) as database:
        pass

    with pytest.raises(StorageError, match="closed"):
        await SqlRecords(database).create(a_deliberation())


async def test_a_lock_of_another_process_is_waited_for(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "council.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(SqlRecords(sqlite_database).create(a_deliberation()))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        other.execute("COMMIT")
    await waiting


async def test_several_databases_write_to_one_place_side_by_side(database_url: str) -> None:
    async def write() -> None:
        async with open_database(database_url) as database:
            records = SqlRecords(database)
            for _ in range(20):
                new = await records.create(a_deliberation())
                await records.save(new, [an_answer()])

    await asyncio.gather(write(), write(), write())


@pytest.mark.postgres
async def test_a_connection_that_the_server_ends_is_replaced(
    postgres: Postgres, postgres_url: str
) -> None:
    async with open_database(postgres_url) as database:
        records = SqlRecords(database)
        new = await records.create(a_deliberation())

        postgres.end_connections(str(make_url(postgres_url).database))

        await records.save(new, [an_answer()])
        assert await records.load(new.id) == folded(new, [an_answer()])


@pytest.mark.postgres
async def test_a_server_that_restarts_is_waited_for(postgres: Postgres, postgres_url: str) -> None:
    async with open_database(postgres_url) as database:
        records = SqlRecords(database)
        new = await records.create(a_deliberation())

        await asyncio.to_thread(postgres.stop)
        waiting = asyncio.create_task(records.save(new, [an_answer()]))
        await asyncio.to_thread(postgres.start)
        await waiting

        assert await records.load(new.id) == folded(new, [an_answer()])


async def test_a_delivery_to_two_processes_at_once_is_one_deliberation(
    database_url: str, launcher: Launcher, tmp_path: Path
) -> None:
    started = [
        await launcher.start(tmp_path, {}, "tests.bot.storage.deliver", database_url, prefix)
        for prefix in ("a", "b")
    ]

    printed = [(await process.communicate())[0] for process in started]

    assert printed[0] == printed[1]
    assert len(printed[0].split()) == 1


def test_a_takeover_refuses_the_older_writes_behind_it_and_not_those_before() -> None:
    old, takeover, unknown = Change((), "d1", 3), Change((), "d1"), Change((), "d2", 0)

    outcomes, _ = admit([old, takeover, old, unknown], {"d1": 3})

    assert outcomes[:2] == [3, 4]
    assert [type(outcome) for outcome in outcomes[2:]] == [Superseded, NotFound]


async def test_deleted_content_is_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    async with open_database(sqlite_url) as database:
        await SqlRecords(database).create(a_deliberation("The canary sings."))
        await database.sessions.write(lambda connection: connection.execute(delete(deliberations)))

    # Closing the last connection brings the write-ahead log into the file.
    assert b"canary" not in await asyncio.to_thread((tmp_path / "council.db").read_bytes)

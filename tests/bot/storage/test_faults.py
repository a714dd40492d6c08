"""Each trouble with a database is told apart, in a sentence without the driver's words."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

from bot.errors import StorageError
from bot.storage.database import open_database
from bot.storage.faults import storage_error, translated
from bot.storage.migrate import migrate
from bot.storage.records import SqlRecords
from tests.contracts.records import a_deliberation


@asynccontextmanager
async def _records(url: str) -> AsyncGenerator[SqlRecords]:
    async with open_database(url) as database:
        yield SqlRecords(database)


async def test_a_read_only_database_says_so(migrated_sqlite: Path) -> None:
    with pytest.raises(StorageError, match="read-only"):
        async with _records(f"sqlite:///file:{migrated_sqlite}?mode=ro&uri=true") as records:
            await records.create(a_deliberation())


async def test_a_full_disk_says_so(sqlite_url: str) -> None:
    def fill(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.cursor().execute("PRAGMA max_page_count=1")

    async with open_database(sqlite_url) as database:
        event.listen(database.sessions.engine, "connect", fill)

        with pytest.raises(StorageError, match=r"disk .* is full"):
            await SqlRecords(database).create(a_deliberation("x" * 1_000_000))


async def test_a_database_in_no_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        async with _records(f"sqlite:///{tmp_path}/nowhere/council.db"):
            pass


def test_a_folder_in_place_of_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened"):
        migrate(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "council.db"
    path.write_text("This is a letter to my aunt, and no database at all. " * 100)

    with pytest.raises(StorageError, match="not a SQLite database"):
        migrate(f"sqlite:///{path}")


def test_a_database_that_stays_locked_says_so(migrated_sqlite: Path) -> None:
    impatient = create_engine(
        f"sqlite:///{migrated_sqlite}", poolclass=NullPool, connect_args={"timeout": 0}
    )
    with closing(sqlite3.connect(migrated_sqlite, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError, match="locked"), translated(), impatient.begin() as it:
            it.execute(text("DELETE FROM councils"))


async def test_a_database_without_tables_says_what_to_do(empty_database_url: str) -> None:
    async with _records(empty_database_url) as records:
        with pytest.raises(StorageError, match="council migrate"):
            await records.load("d1")
        with pytest.raises(StorageError, match="council migrate"):
            await records.create(a_deliberation())


async def test_an_unreachable_server_says_so() -> None:
    async with _records("postgresql://127.0.0.1:1/council") as records:
        with pytest.raises(StorageError, match="cannot be reached"):
            await records.load("d1")


@pytest.mark.postgres
async def test_a_transaction_of_which_nothing_is_heard_is_ended(postgres_url: str) -> None:
    shown = text("SHOW idle_in_transaction_session_timeout")
    async with open_database(postgres_url) as database:
        assert await database.read(lambda connection: connection.scalar(shown)) == "10s"


@pytest.mark.postgres
def test_an_unknown_user_is_told_so(postgres_url: str) -> None:
    url = make_url(postgres_url).set(username="nobody_known")

    with pytest.raises(StorageError, match="user name or password"):
        migrate(url.render_as_string(hide_password=False))


@pytest.mark.postgres
def test_a_missing_database_on_the_server_says_so(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="nowhere")

    with pytest.raises(StorageError, match="no database of that name"):
        migrate(url.render_as_string(hide_password=False))


def test_too_many_connections_say_so(migrated_sqlite: Path) -> None:
    crowded = create_engine(
        f"sqlite:///{migrated_sqlite}",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=0,
    )

    with crowded.connect(), pytest.raises(StorageError, match="no free connection"), translated():
        crowded.connect()
    crowded.dispose()


def test_any_other_trouble_is_said_without_its_text() -> None:
    assert "secret" not in str(storage_error(SQLAlchemyError("secret")))

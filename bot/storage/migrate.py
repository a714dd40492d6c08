"""Bring a database up to the tables that this version needs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from bot.errors import NotFound
from bot.storage.address import make_folder, parse_address
from bot.storage.connections import WRITES, blocking_engine
from bot.storage.faults import translated
from bot.storage.tables import REVISION

# Any number will do, so long as nothing else in the database locks the same.
_ADVISORY_LOCK = 7_283_001


def migrate(url: str) -> None:
    """Create the tables, or bring them up to date; quick when they are.

    Several processes may do so at once: one works, the others wait. Raises `StorageError`.
    """
    address = parse_address(url)
    make_folder(address)
    engine = blocking_engine(address)
    try:
        with translated():
            if _revision(engine) != REVISION:
                _upgrade(engine)
    finally:
        engine.dispose()


def go_back(url: str, revision: str) -> None:
    """Take the tables back to those of an older version; what only newer ones keep is lost.

    No process may use the database meanwhile. Raises `NotFound` if there is no such version,
    `StorageError`.
    """
    from bot.storage.upgrade import downgrade, unknown  # noqa: PLC0415 - as below

    # Alembic has words for revisions too, one of which takes everything away.
    if not revision.isdecimal():
        raise NotFound(unknown(revision))
    engine = blocking_engine(parse_address(url))
    try:
        with translated(), _alone(engine) as connection:
            downgrade(connection, revision)
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    """Return where the database stands; None too if it cannot say, the upgrade then tells why."""
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        return None


def _upgrade(engine: Engine) -> None:
    # Alembic is loaded only when there is something to do: it takes longer than all else here.
    from bot.storage.upgrade import upgrade  # noqa: PLC0415

    with _alone(engine) as connection:
        upgrade(connection)


@contextmanager
def _alone(engine: Engine) -> Generator[Connection]:
    """Begin a transaction for changes to tables, which one process at a time may make."""
    with engine.execution_options(**WRITES).connect() as connection:
        _let_tables_be_replaced(connection)
        with connection.begin():
            _lock(connection)
            yield connection


def _let_tables_be_replaced(connection: Connection) -> None:
    """Let rows stay when the table that they refer to is dropped for its successor.

    SQLite cannot change a column otherwise, and heeds this before a transaction only:
    https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})

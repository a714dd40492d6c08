"""Bring a database up to the tables that this version needs."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

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

    with engine.execution_options(**WRITES).begin() as connection:
        _lock(connection)
        upgrade(connection)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})

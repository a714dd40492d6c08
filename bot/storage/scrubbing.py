"""What a database still holds of deleted rows, taken out of its files."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import OperationalError

from bot.errors import StorageError

# Deleting overwrites rows where they lie (secure_delete), but SQLite leaves copies of them when it
# moves rows between pages: only a file that is written anew is free of those. At about 170 MB a
# second that takes six seconds for this much, in which nobody else writes.
_MOST_REWRITTEN_BYTES = 1_000_000_000
# A reader that looks at what was before keeps the log from being emptied; ours take milliseconds.
_ATTEMPTS = 3
_WAIT_MS = 500

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def scrub_file(engine: Engine) -> None:
    """Write a SQLite file anew, unless it is too large for that, and empty its log.

    Raises `StorageError` while somebody reads what was before.
    """
    connection = engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            if _size(cursor) <= _MOST_REWRITTEN_BYTES:
                cursor.execute("VACUUM")
            else:
                log.warning("database too large to be rewritten; VACUUM it by hand")
            _empty_log(cursor)
    except sqlite3.Error as error:
        statement = "VACUUM"
        raise OperationalError(statement, None, error) from error
    finally:
        connection.close()


def scrub_tables(tables: Sequence[str], connection: Connection) -> None:
    """Let PostgreSQL take deleted rows out of tables; one that is being vacuumed is left out."""
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text(f"VACUUM (SKIP_LOCKED) {', '.join(tables)}"))
    connection.execute(text("RESET statement_timeout"))


def _size(cursor: DBAPICursor) -> int:
    cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    (size,) = cursor.fetchone() or (0,)
    return int(size)


def _empty_log(cursor: DBAPICursor) -> None:
    cursor.execute("PRAGMA busy_timeout")
    (patience_ms,) = cursor.fetchone() or (0,)
    cursor.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
    try:
        for _ in range(_ATTEMPTS):
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (is_busy, *_) = cursor.fetchone() or (0,)
            if not is_busy:
                return
        message = "Another program reads the database all the time, so its log cannot be emptied."
        raise StorageError(message)
    finally:
        cursor.execute(f"PRAGMA busy_timeout={int(patience_ms)}")

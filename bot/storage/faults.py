"""What a database error means, in a sentence for people; the driver's own words stay behind."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StorageError

_UNKNOWN = "The database refused the operation."
_BUSY = "The database is locked by another program for too long; try again in a moment."
_FULL = "The disk that holds the database is full; free some space."
_UNREACHABLE = "The database server cannot be reached or broke off the connection."
_READ_ONLY = "The database cannot be written: its file, folder or server is read-only."
_MISSING_TABLE = "The database has not been set up; run `council migrate`."
_CROWDED = "The database has no free connection; try again in a moment."

_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: (
        "The database file cannot be opened: its folder does not exist or may not be written."
    ),
    sqlite3.SQLITE_IOERR: "The disk that holds the database reports an error.",
    sqlite3.SQLITE_CORRUPT: "The database file is damaged; restore it from a backup.",
    sqlite3.SQLITE_NOTADB: "The database file is not a SQLite database.",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "25006": _READ_ONLY,
    "28000": "The database server refused the user name or password.",
    "28P01": "The database server refused the user name or password.",
    "3D000": "The database server has no database of that name; create it first.",
    "42P01": _MISSING_TABLE,
    "42501": "The database user lacks a right that Council needs.",
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": _BUSY,
    "57014": "The database took too long to answer.",
}

# A connection that the server refuses comes without a code; what it says is all there is.
_REFUSALS = (
    (re.compile(r'database ".*" does not exist'), "3D000"),
    (re.compile(r'password|role ".*" does not exist|no pg_hba.conf entry'), "28000"),
    (re.compile(r"too many clients|connection slots"), "53300"),
)


@contextmanager
def translated() -> Generator[None]:
    """Raise `StorageError` in place of any error of the database."""
    try:
        yield
    except SQLAlchemyError as error:
        raise storage_error(error) from error


# What a write can raise; the latter two come from drivers that cannot bind a value.
FAULTS = (SQLAlchemyError, OverflowError, TypeError)


def storage_error(error: Exception) -> StorageError:
    """Say in a sentence what went wrong."""
    trouble = StorageError(_sentence(error))
    trouble.__cause__ = error
    return trouble


def is_passing(error: Exception) -> bool:
    """Say whether the same transaction may succeed when tried again on a new connection."""
    if not isinstance(error, DBAPIError):
        return False
    is_circle = _code(error).startswith("40")
    return error.connection_invalidated or _is_lost(error) or is_circle


def is_own_fault(error: Exception) -> bool:
    """Say whether the content of a write was refused, rather than any write at this time."""
    return not isinstance(error, OperationalError | PoolTimeoutError)


def _sentence(error: Exception) -> str:
    if isinstance(error, PoolTimeoutError):
        return _CROWDED
    if not isinstance(error, DBAPIError):
        return _UNKNOWN
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_sentence(error.orig)
    if _is_lost(error):
        return _UNREACHABLE
    return _POSTGRES.get(_code(error), _UNKNOWN)


def _sqlite_sentence(error: sqlite3.Error) -> str:
    if "no such table" in str(error):
        return _MISSING_TABLE
    # The low byte is the primary code: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _SQLITE.get(code, _UNKNOWN)


def _is_lost(error: DBAPIError) -> bool:
    """Say whether the server is gone: no code, or one of a broken connection or a shutdown."""
    if isinstance(error.orig, sqlite3.Error) or not isinstance(error, OperationalError):
        return False
    code = _code(error)
    return code == "" or code.startswith(("08", "57P"))


def _code(error: DBAPIError) -> str:
    """Return PostgreSQL's code for an error, empty if there is none."""
    refusals = (code for pattern, code in _REFUSALS if pattern.search(str(error.orig)))
    return getattr(error.orig, "sqlstate", None) or next(refusals, "")

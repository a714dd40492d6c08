"""What a database error means, in a sentence for people; the driver's own words stay behind."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.errors import StorageError

_UNKNOWN = "The database refused the operation."
_BUSY = "The database is locked by another program for too long; try again in a moment."
_FULL = "The disk that holds the database is full; free some space."
_UNREACHABLE = "The database server cannot be reached or broke off the connection."
_READ_ONLY = "The database cannot be written: its file, folder or server is read-only."
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
_MISSING_TABLE = "The database has not been set up; run `council migrate`."


@contextmanager
def translated() -> Generator[None]:
    """Raise `StorageError` in place of any error of the database."""
    try:
        yield
    except SQLAlchemyError as error:
        raise storage_error(error) from error


def storage_error(error: SQLAlchemyError) -> StorageError:
    """Say in a sentence what went wrong."""
    return StorageError(_sentence(error))


def is_passing(error: SQLAlchemyError) -> bool:
    """Say whether the same transaction may succeed when tried again on a new connection."""
    if not isinstance(error, DBAPIError):
        return False
    is_circle = _code(error.orig).startswith("40")
    return error.connection_invalidated or _is_lost(error.orig) or is_circle


def is_own_fault(error: SQLAlchemyError) -> bool:
    """Say whether the content of a write was refused, rather than any write at this time."""
    if not isinstance(error, DBAPIError):
        return True
    return not isinstance(error.orig, (sqlite3.OperationalError, psycopg.OperationalError))


def _sentence(error: SQLAlchemyError) -> str:
    if isinstance(error, PoolTimeoutError):
        return _CROWDED
    origin = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(origin, sqlite3.Error):
        return _sqlite_sentence(origin)
    if _is_lost(origin):
        return _UNREACHABLE
    code = _code(origin)
    return _MISSING_TABLE if code == "42P01" else _POSTGRES.get(code, _UNKNOWN)


def _sqlite_sentence(error: sqlite3.Error) -> str:
    if "no such table" in str(error):
        return _MISSING_TABLE
    # The low byte is the primary code: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return _SQLITE.get(code, _UNKNOWN)


def _is_lost(origin: BaseException | None) -> bool:
    """Say whether the server is gone: no code, or one of a broken connection or a shutdown."""
    if not isinstance(origin, psycopg.OperationalError):
        return False
    code = _code(origin)
    return code == "" or code.startswith(("08", "57P"))


def _code(origin: BaseException | None) -> str:
    if not isinstance(origin, psycopg.Error):
        return ""
    said = str(origin)
    refusals = (code for pattern, code in _REFUSALS if pattern.search(said))
    return origin.sqlstate or next(refusals, "")

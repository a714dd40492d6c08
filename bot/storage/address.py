"""Where the database is: the address as people write it, made fit for the drivers."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import BadConfig, StorageError

_POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"}


def parse_address(url: str) -> URL:
    """Return the address with the driver that we use. Raises `BadConfig` if it is none of ours."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise BadConfig(_hint()) from error
    if address.drivername in _POSTGRES:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername in _SQLITE and address.database not in {None, "", ":memory:"}:
        return address.set(drivername="sqlite")
    raise BadConfig(_hint())


def is_sqlite(address: URL) -> bool:
    """Say whether the database is a file of our own."""
    return address.get_backend_name() == "sqlite"


def make_folder(address: URL) -> None:
    """Make the folder of a SQLite file, for its owner only. Raises `StorageError`."""
    if not is_sqlite(address) or address.database is None:
        return
    try:
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = "The folder of the database cannot be made: a folder above it is not writable."
        raise StorageError(message) from error


def _hint() -> str:
    return "The database address must be like sqlite:///council.db or postgresql://user@host/name."

"""Run the migrations on an open connection, in its transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

import bot
from bot.errors import NotFound, StorageError


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Go up to a revision. Raises `StorageError` if the database is newer than this program."""
    try:
        command.upgrade(migrations(connection), revision)
    except CommandError as error:
        message = "The database was set up by a newer version of Council; update Council."
        raise StorageError(message) from error


def downgrade(connection: Connection, revision: str) -> None:
    """Go down to a revision; `base` takes everything away. Raises `NotFound` if there is none."""
    try:
        command.downgrade(migrations(connection), revision)
    except CommandError as error:
        raise NotFound(unknown(revision)) from error


def unknown(revision: str) -> str:
    """Say that there is no such revision to go down to."""
    return f"There is no older version {revision!r} of the tables; there are 0001 and so on."


def migrations(connection: Connection) -> Config:
    """Return Alembic's configuration; the scripts lie beside the package, installed or not."""
    folder = Path(bot.__file__).parent.parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

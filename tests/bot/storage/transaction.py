"""What tests of the tables look through, before and after they are changed."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine

from bot.storage.address import parse_address


class Transaction:
    """A blocking connection to a database in a transaction; a context manager."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(parse_address(url))
        self._begun = self._engine.begin()

    def __enter__(self) -> Connection:
        return self._begun.__enter__()

    def __exit__(self, *error: object) -> None:
        self._begun.__exit__(None, None, None)
        self._engine.dispose()

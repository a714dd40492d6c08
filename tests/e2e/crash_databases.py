"""Databases for programs that die: new ones, and ones that the program has used before."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Protocol

from bot.storage.migrate import migrate
from bot.work.engine import DbosEngine
from tests.postgres import Copies, Postgres


class Databases(Protocol):
    """Makes databases; each belongs to one folder."""

    def used(self, folder: Path) -> str:
        """Return the address of one that has all tables: they take a second on PostgreSQL."""
        ...

    def unused(self, folder: Path) -> str:
        """Return the address of one that has nothing."""
        ...

    def drop(self, url: str) -> None:
        """Forget one."""
        ...


class SqliteDatabases:
    """Two files each, the council's and the engine's."""

    def __init__(self, template: Path) -> None:
        self._template = template
        template.mkdir(parents=True)
        asyncio.run(_prepare(_address(template)))

    def used(self, folder: Path) -> str:
        shutil.copytree(self._template, folder / "database")
        return self.unused(folder)

    def unused(self, folder: Path) -> str:
        return _address(folder / "database")

    def drop(self, url: str) -> None:
        """Leave it to whoever made the folder."""


class PostgresDatabases:
    """One database each on one server."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        url = server.make_database()
        asyncio.run(_prepare(url))
        self._copies = Copies(server, url)

    def used(self, folder: Path) -> str:
        return self._copies.take()

    def unused(self, folder: Path) -> str:
        return self._server.make_database()

    def drop(self, url: str) -> None:
        self._copies.give_back(url)


def _address(folder: Path) -> str:
    return f"sqlite:///{folder / 'council.db'}"


async def _prepare(url: str) -> None:
    migrate(url)
    async with DbosEngine(url, _nothing, give_up=_nothing):
        pass


async def _nothing(_deliberation_id: str) -> None:
    return None

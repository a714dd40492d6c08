"""Databases that the engine has prepared before: its migrations take a second on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.work.engine import DbosEngine
from tests.conftest import ON_BOTH
from tests.postgres import Copies, Postgres


@pytest.fixture(scope="session")
def prepared_postgres(postgres: Postgres) -> Copies:
    """Return copies of a database that has the engine's tables."""
    url = postgres.make_database()
    asyncio.run(_prepare(url))
    return Copies(postgres, url)


@pytest.fixture(params=ON_BOTH)
def work_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the address of a database for the engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'council.db'}"
        return
    copies: Copies = request.getfixturevalue("prepared_postgres")
    url = copies.take()
    yield url
    copies.give_back(url)


async def _prepare(url: str) -> None:
    async with DbosEngine(url, _nothing, give_up=_nothing):
        pass


async def _nothing(_deliberation_id: str) -> None:
    return None

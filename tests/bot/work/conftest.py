"""Databases that the engine has prepared before: its migrations take a second on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.work.engine import DbosEngine
from tests.conftest import ON_BOTH, Postgres


@pytest.fixture(scope="session")
def prepared_postgres(postgres: Postgres) -> str:
    """Return the name of a template that has the engine's tables."""
    url = postgres.make_database()
    asyncio.run(_prepare(url))
    return str(make_url(url).database)


@pytest.fixture(params=ON_BOTH)
def work_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the address of a database for the engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'council.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.make_database(request.getfixturevalue("prepared_postgres"))
    yield url
    server.drop_database(url)


async def _prepare(url: str) -> None:
    async with DbosEngine(url, _nothing, give_up=_nothing):
        pass


async def _nothing(_deliberation_id: str) -> None:
    return None

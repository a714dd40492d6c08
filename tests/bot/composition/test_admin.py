"""What an operator sees of a database that goes away and comes back, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.composition.admin import open_admin
from bot.composition.council import open_line
from bot.composition.health import Health
from bot.composition.watch import Watch
from bot.composition.web import open_web
from bot.config import Settings
from bot.config.file import CouncilFile
from bot.errors import BadConfig
from bot.llm.rehearsal import RehearsalModels
from bot.storage.database import Database, open_database
from bot.work.line import LineTerms
from bot.work.worker import Platform
from tests.fakes.chat import FakeChat
from tests.postgres import Postgres
from tests.scraping import Operator

AWAY = "The database server cannot be reached or broke off the connection."
UNHEARD = "The PostgreSQL server cannot be reached right now."


def settings(url: str, folder: Path, port: int | None = 0) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=url,
        log_level=None,
        source=None,
        file=CouncilFile(),
        providers={},
        admin_port=port,
    )


@asynccontextmanager
async def watched(url: str, folder: Path) -> AsyncGenerator[Operator]:
    said: list[str] = []
    async with _opened(url, folder, said):
        yield Operator.of(said)


@asynccontextmanager
async def working(url: str, folder: Path) -> AsyncGenerator[Operator]:
    """Run an engine too."""
    said: list[str] = []
    async with (
        _opened(url, folder, said) as (watch, database),
        open_line(
            settings(url, folder),
            database,
            lambda _: RehearsalModels(),
            {"console": Platform(FakeChat())},
            terms=LineTerms(10),
            watch=watch,
        ),
    ):
        yield Operator.of(said)


@asynccontextmanager
async def _opened(
    url: str, folder: Path, said: list[str]
) -> AsyncGenerator[tuple[Watch, Database]]:
    health = Health()
    async with (
        open_admin(settings(url, folder), health, said.append) as watch,
        open_database(url) as database,
    ):
        watch.add(database, [])
        health.start()
        yield watch, database


async def test_a_process_in_order_is_ready(database_url: str, tmp_path: Path) -> None:
    async with watched(database_url, tmp_path) as operator:
        assert await operator.get("/healthz") == (200, "ok\n")
        assert await operator.health() == (200, {"process": "ok", "database": "ok"})
        figures = await operator.figures()

    assert figures.value("council_check_passed", check="database") == 1
    assert figures.value("council_turns", state="waiting") == 0
    assert figures.value("process_open_fds") > 0


@pytest.mark.postgres
async def test_a_database_that_is_away_is_red_until_it_is_back(
    postgres: Postgres, postgres_url: str, tmp_path: Path
) -> None:
    async with working(postgres_url, tmp_path) as operator:
        before, _ = await operator.health()
        await asyncio.to_thread(postgres.stop)
        try:
            found = await operator.until_ready(503)
            alive = await operator.get("/healthz")
            figures = await operator.figures()
        finally:
            await asyncio.to_thread(postgres.start)
        again = await operator.until_ready(200)

    assert before == 200
    assert found == {"process": "ok", "database": AWAY, "engine": UNHEARD}
    assert alive[0] == 200
    assert figures.value("council_check_passed", check="database") == 0
    assert "council_turns" not in figures.names()
    assert again["engine"] == "ok"


async def test_a_process_says_that_it_starts_and_that_it_ends(
    sqlite_url: str, tmp_path: Path
) -> None:
    said: list[str] = []
    health = Health()
    async with open_admin(settings(sqlite_url, tmp_path), health, said.append):
        operator = Operator.of(said)
        seen: list[tuple[int, Mapping[str, str]]] = [await operator.health()]
        health.start()
        seen.append(await operator.health())
        health.end()
        seen.append(await operator.health())
        alive = await operator.get("/healthz")

    assert seen == [
        (503, {"process": "The process is starting."}),
        (200, {"process": "ok"}),
        (503, {"process": "The process ends and takes no new work."}),
    ]
    assert alive[0] == 200


async def test_without_a_port_nothing_is_served(sqlite_url: str, tmp_path: Path) -> None:
    said: list[str] = []

    async with open_admin(settings(sqlite_url, tmp_path, None), Health(), said.append):
        pass

    assert said == []


async def test_an_address_that_is_taken_is_named_by_its_settings(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with open_web([], "127.0.0.1", 0) as port:
        with pytest.raises(BadConfig, match="COUNCIL_ADMIN_HOST and COUNCIL_ADMIN_PORT"):
            async with open_admin(settings(sqlite_url, tmp_path, port), Health(), print):
                pass


async def test_the_loop_s_lag_is_measured(sqlite_url: str, tmp_path: Path) -> None:
    async with watched(sqlite_url, tmp_path) as operator:

        async def is_measured() -> bool:
            figures = await operator.figures()
            return figures.value("council_loop_lag_seconds_count") >= 2

        await operator.until(is_measured)

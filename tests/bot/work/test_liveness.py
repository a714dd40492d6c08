from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.errors import StorageError
from bot.work import liveness
from bot.work.database import engine_url, liveness_of
from bot.work.liveness import Liveness
from tests.postgres import Postgres

Open = Callable[[str], Liveness]


@pytest.fixture
def open_liveness(work_url: str) -> Open:
    return lambda executor_id: liveness_of(engine_url(work_url), executor_id)


async def test_whoever_is_open_lives(open_liveness: Open) -> None:
    async with open_liveness("one") as one, open_liveness("two") as two:
        assert await one.is_alive("one")
        assert await one.is_alive("two")
        assert await two.is_alive("one")


async def test_whoever_is_closed_or_never_was_is_dead(open_liveness: Open) -> None:
    async with open_liveness("one") as one:
        async with open_liveness("two"):
            pass

        assert not await one.is_alive("two")
        assert not await one.is_alive("nobody")


async def test_one_takes_over_at_a_time(
    open_liveness: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "_RECOVERY_ATTEMPTS", 2)

    async with open_liveness("one") as one, open_liveness("two") as two:
        async with one.recovering() as is_first, two.recovering() as is_second:
            assert (is_first, is_second) == (True, False)
        async with two.recovering() as is_second:
            assert is_second


async def test_looking_does_not_keep_the_dead_alive(open_liveness: Open) -> None:
    async with open_liveness("one") as one, open_liveness("two") as two:
        async with open_liveness("three"):
            pass

        assert [await look.is_alive("three") for look in (one, two, one)] == [False] * 3


async def test_the_files_of_the_dead_are_swept(tmp_path: Path) -> None:
    url = engine_url(f"sqlite:///{tmp_path / 'council.db'}")
    folder = tmp_path / "council-engine.db.alive"
    async with liveness_of(url, "one") as one:
        (folder / "dead.alive").touch()
        held = os.open(folder / "living.alive", os.O_CREAT | os.O_RDWR)
        fcntl.flock(held, fcntl.LOCK_EX)

        async with one.recovering():
            pass

        assert {path.name for path in folder.glob("*.alive")} == {"one.alive", "living.alive"}
        os.close(held)


@pytest.mark.parametrize(
    "work_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_a_session_that_was_lost_is_opened_again(
    work_url: str, open_liveness: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "_SESSION_CHECK_S", 0.05)
    address = make_url(work_url).set(drivername="postgresql").render_as_string(hide_password=False)

    async with open_liveness("one"), open_liveness("two") as two:
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as killer:
            await killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'council liveness'"
            )
        seen = False
        while not seen:
            await asyncio.sleep(0.02)
            with suppress(StorageError):
                seen = await two.is_alive("one")


@pytest.mark.postgres
async def test_nobody_takes_the_living_for_dead_after_the_server_restarted(
    postgres: Postgres, postgres_url: str
) -> None:
    def open_liveness(executor_id: str) -> Liveness:
        return liveness_of(engine_url(postgres_url), executor_id)

    async with open_liveness("one"):
        await asyncio.to_thread(postgres.stop)
        await asyncio.to_thread(postgres.start)

        async with open_liveness("two") as two, two.recovering() as is_ours:
            assert is_ours
            assert await two.is_alive("one")

"""The engine on real databases, with processes that really die."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain import Tenant, Turn
from bot.errors import StorageError
from bot.work.database import SCHEMA, connect, engine_url
from bot.work.engine import DbosEngine
from tests.contracts.work import Runs
from tests.launcher import ROOT, Launcher, Process


def turn(deliberation_id: str, platform: str = "console") -> Turn:
    return Turn(deliberation_id, 0, Tenant(platform, "T1"))


async def refuse(deliberation_id: str) -> None:
    raise AssertionError(deliberation_id)


@asynccontextmanager
async def another_process(
    launcher: Launcher, url: str, deliberation_id: str
) -> AsyncGenerator[Process]:
    words = ("tests.bot.work.other", url, deliberation_id)
    process = await launcher.start(ROOT, {}, *words)
    try:
        assert await line_of(process) == "running"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        return (await process.stdout.readline()).decode().strip()


def database_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("council-engine.db*") if path.is_file()]


def workflows(url: str) -> tuple[sa.Engine, sa.Table]:
    """Return the engine's own table of workflows."""
    engine = connect(engine_url(url))
    schema = SCHEMA if url.startswith("postgres") else None
    return engine, sa.Table("workflow_status", sa.MetaData(), autoload_with=engine, schema=schema)


def stored(url: str) -> dict[str, str]:
    """Return the status of each workflow that the engine's database holds."""
    engine, table = workflows(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.workflow_uuid, table.c.status))
        found = {str(row[0]): str(row[1]) for row in rows}
    engine.dispose()
    return found


def copy_workflow(url: str, workflow_id: str, copied_id: str) -> None:
    """Leave what a crash leaves between the start of a takeover and the end of what it replaces."""
    engine, table = workflows(url)
    with engine.begin() as connection:
        found = connection.execute(sa.select(table).where(table.c.workflow_uuid == workflow_id))
        row = dict(found.mappings().one())
        connection.execute(sa.insert(table).values(row | {"workflow_uuid": copied_id}))
    engine.dispose()


async def test_the_work_of_a_dead_process_is_taken_over_at_once(
    work_url: str, launcher: Launcher
) -> None:
    runs = Runs()
    runs.may_end.set()
    async with another_process(launcher, work_url, "d1") as other:
        other.kill()
        await other.wait()

    async with DbosEngine(work_url, runs, give_up=refuse) as engine:
        recovered = await engine.recover(10)
        await engine.wait("d1")
        again = await engine.recover(10)

    assert (recovered, again) == (("d1",), ())
    assert runs.seen == ["d1"]
    assert stored(work_url) == {}


async def test_living_processes_leave_each_others_work_alone(
    work_url: str, launcher: Launcher
) -> None:
    runs = Runs()
    async with (
        another_process(launcher, work_url, "d1"),
        DbosEngine(work_url, runs, give_up=refuse) as engine,
    ):
        await engine.start(turn("d2"))

        assert await engine.recover(10) == ()
        assert await engine.is_running("d1")
        assert "d1" not in runs.seen


async def test_a_run_that_is_left_behind_is_there_for_the_next_process(work_url: str) -> None:
    left, taken = Runs(), Runs()
    taken.may_end.set()
    async with DbosEngine(work_url, left, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await left.began.wait()

    async with DbosEngine(work_url, taken, give_up=refuse) as engine:
        recovered = await engine.recover(10)
        await engine.idle()

    assert recovered == ("d1",)
    assert taken.seen == ["d1"]


async def test_only_who_serves_a_platform_takes_its_work_over(work_url: str) -> None:
    left, foreign, taken = Runs(), Runs(), Runs()
    taken.may_end.set()
    async with DbosEngine(work_url, left, give_up=refuse, platforms=["slack"]) as engine:
        await engine.start(turn("d1", "slack"))
        await left.began.wait()

    async with DbosEngine(work_url, foreign, give_up=refuse) as engine:
        recovered = await engine.recover(10)
        assert not await engine.is_running("d1")
    async with DbosEngine(work_url, taken, give_up=refuse, platforms=["slack"]) as engine:
        recovered_by_slack = await engine.recover(10)
        await engine.idle()

    assert (recovered, recovered_by_slack) == ((), ("d1",))
    assert (foreign.seen, taken.seen) == ([], ["d1"])


async def test_no_more_is_taken_over_than_there_is_room_for(work_url: str) -> None:
    left, taken = Runs(), Runs()
    async with DbosEngine(work_url, left, give_up=refuse) as engine:
        for number in range(3):
            await engine.start(turn(f"d{number}"))

    async with DbosEngine(work_url, taken, give_up=refuse) as engine:
        first = await engine.recover(1)
        none = await engine.recover(0)
        rest = await engine.recover(5)
        taken.may_end.set()
        await engine.idle()

    assert (len(first), none, len(rest)) == (1, (), 2)
    assert sorted(taken.seen) == ["d0", "d1", "d2"]


async def test_one_that_was_stopped_for_good_is_not_taken_over(work_url: str) -> None:
    stopped = Runs()
    async with DbosEngine(work_url, stopped, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await stopped.began.wait()
        await engine.stop("d1")

    async with DbosEngine(work_url, Runs(), give_up=refuse) as engine:
        assert await engine.recover(10) == ()
    assert stopped.cancelled == ["d1"]


async def test_a_run_that_has_ended_is_told(work_url: str) -> None:
    runs, told = Runs(), asyncio.Event()
    runs.may_end.set()
    async with DbosEngine(work_url, runs, give_up=refuse, on_end=told.set) as engine:
        await engine.start(turn("d1"))
        async with asyncio.timeout(20):
            await told.wait()

    assert runs.seen == ["d1"]


async def test_a_takeover_that_was_cut_short_is_one_run(work_url: str) -> None:
    left, taken = Runs(), Runs()
    async with DbosEngine(work_url, left, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await left.began.wait()
    copy_workflow(work_url, "d1:0:0", "d1:0:1")
    taken.may_end.set()

    async with DbosEngine(work_url, taken, give_up=refuse) as engine:
        recovered = await engine.recover(10)
        await engine.idle()

    assert recovered == ("d1",)
    assert taken.seen == ["d1"]
    assert stored(work_url) == {}


async def test_what_dies_again_and_again_is_given_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'council.db'}"
    given_up: list[str] = []

    async def give_up(deliberation_id: str) -> None:
        given_up.append(deliberation_id)

    for attempt in range(7):
        runs = Runs()
        async with DbosEngine(url, runs, give_up=give_up) as engine:
            if attempt == 0:
                await engine.start(turn("d1"))
            else:
                await engine.recover(10)
            if attempt < 6:
                await runs.began.wait()
            else:
                await engine.idle()

    assert given_up == ["d1"]


async def test_a_run_that_raises_is_over_and_leaves_no_text(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'council.db'}"

    async def fail(_deliberation_id: str) -> None:
        message = "secret-sk-123"
        raise RuntimeError(message)

    async with DbosEngine(url, fail, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await engine.wait("d1")

    assert not any(b"secret" in file.read_bytes() for file in database_files(tmp_path))


async def test_a_long_goodbye_is_not_interrupted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'council.db'}"
    began, said = asyncio.Event(), asyncio.Event()

    async def run(_deliberation_id: str) -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # Longer than the half second after which it is seen that it was cancelled.
            await asyncio.sleep(1.3)
            said.set()
            raise

    async with DbosEngine(url, run, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await began.wait()
        await engine.stop("d1")

    assert said.is_set()


async def test_a_closed_engine_leaves_no_thread_and_the_loop_works(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    async with DbosEngine(f"sqlite:///{tmp_path / 'council.db'}", Runs(), give_up=refuse):
        pass

    left = {thread for thread in threading.enumerate() if "dbos" in thread.name} - before
    assert left == set()
    assert await asyncio.to_thread(lambda: 42) == 42


async def test_nothing_is_written_to_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    runs = Runs()
    async with DbosEngine(f"sqlite:///{tmp_path / 'council.db'}", runs, give_up=refuse) as engine:
        await engine.start(turn("d1"))
        await engine.stop("d1")
        logging.getLogger("dbos").error("secret")

    out, err = capfd.readouterr()
    assert "secret" not in out + err
    assert "DBOS" not in out + err


async def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot be written"):
        async with DbosEngine(f"sqlite:///{tmp_path}/file/council.db", Runs(), give_up=refuse):
            pass


async def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        async with DbosEngine("postgresql://127.0.0.1:1/none", Runs(), give_up=refuse):
            pass

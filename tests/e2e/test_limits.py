"""A provider's limits hold over all processes on PostgreSQL, also if one dies or is stopped."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest

from tests.fakes.model_server import Script
from tests.launcher import Process
from tests.program import Program, ended

pytestmark = pytest.mark.postgres

_MODULE = "tests.e2e.asking_program"
_PATIENCE_S = 60.0
_END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"
_HERE = " AND datname = current_database()"

StartAsking = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start_asking(
    program: Program, postgres_url: str, tmp_path: Path
) -> AsyncGenerator[StartAsking]:
    """Start processes that ask one provider; those that still run at the end are killed."""
    program.environment["COUNCIL_DATABASE_URL"] = postgres_url
    async with AsyncExitStack() as stack:

        async def start(*words: str) -> Process:
            process = await program.start_module(tmp_path, program.environment, _MODULE, *words)
            stack.push_async_callback(_end, process)
            return process

        yield start


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.communicate()


def limit(program: Program, limits: str) -> None:
    """Configure the provider with these limits."""
    url = program.server.base_url
    program.configure(f'[providers.work]\nkind = "openai"\nbase_url = "{url}"\n{limits}\n')


async def done(process: Process) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        assert (await ended(process)).code == 0


async def said(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_S):
        return (await process.stdout.readline()).decode().strip()


async def test_two_processes_with_twenty_councils_keep_to_one_limit(
    program: Program, start_asking: StartAsking
) -> None:
    limit(program, "concurrency = 4")
    program.server.default = Script(latency_s=0.01)

    processes = [await start_asking("quick", "100") for _ in range(2)]
    await asyncio.gather(*(done(process) for process in processes))

    assert program.server.calls() == 200
    assert program.server.most_at_once == 4


async def test_the_places_of_a_killed_process_are_free_at_once(
    program: Program, start_asking: StartAsking
) -> None:
    limit(program, "concurrency = 4")
    program.server.scripts["stuck"] = Script(fault="hang")
    dying = await start_asking("stuck", "4")
    await program.server.wait_for_calls(4)
    living = await start_asking("elsewhere", "0", "quick", "8")
    await said(living)
    assert program.server.calls() == 4

    dying.kill()
    killed_at = time.monotonic()
    await done(living)

    assert program.server.calls("quick") == 8
    assert time.monotonic() - killed_at < 5


async def test_the_places_of_a_stopped_process_stay_its_own(
    program: Program, start_asking: StartAsking
) -> None:
    limit(program, "concurrency = 4")
    program.server.scripts["slow"] = Script(latency_s=1.0)
    program.server.default = Script(latency_s=0.01)
    stopped = await start_asking("slow", "2", "quick", "20")
    await program.server.wait_for_calls(2)

    stopped.send_signal(signal.SIGSTOP)
    await done(await start_asking("quick", "20"))

    assert program.server.calls("slow") == 2
    assert program.server.most_at_once <= 4
    stopped.send_signal(signal.SIGCONT)
    await done(stopped)
    assert program.server.most_at_once <= 4


async def test_who_was_stopped_for_too_long_does_not_use_the_places_that_it_lost(
    program: Program, start_asking: StartAsking, postgres_url: str
) -> None:
    limit(program, "concurrency = 2")
    program.server.scripts = {"slow": Script(latency_s=0.1), "long": Script(latency_s=1.5)}
    stopped = await start_asking("slow", "2", "quick", "8")
    await program.server.wait_for_calls(2)

    stopped.send_signal(signal.SIGSTOP)
    # As the server does by itself after a while.
    async with await psycopg.AsyncConnection.connect(postgres_url) as connection:
        await connection.execute(f"{_END}{_HERE}", ("council places",))
    other = await start_asking("long", "2")
    await program.server.wait_for_calls(4)
    stopped.send_signal(signal.SIGCONT)
    await asyncio.gather(done(stopped), done(other))

    assert program.server.calls("quick") == 8
    assert program.server.most_at_once == 2


async def test_two_processes_keep_to_one_pace(program: Program, start_asking: StartAsking) -> None:
    # 60 at once, then one each 60 s / 541; on a busy machine the first of all may come late.
    limit(program, "requests_per_minute = 600\nconcurrency = 100")

    processes = [await start_asking("quick", "40") for _ in range(2)]
    await asyncio.gather(*(done(process) for process in processes))

    moments = sorted(asked.at_s for asked in program.server.requests)
    assert len(moments) == 80
    assert moments[-1] - moments[0] > 15 * 60 / 541

"""Whoever dies, and wherever: the final answer comes, nothing is paid or posted twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import ON_BOTH
from tests.e2e.crash import (
    Crossed,
    Death,
    Fault,
    Machine,
    Posted,
    Printed,
    Served,
    Sighting,
    faults,
)
from tests.e2e.crash_databases import Databases, PostgresDatabases, SqliteDatabases
from tests.e2e.crash_server import CrashServer, Moment, Phase
from tests.launcher import Launcher
from tests.postgres import Postgres

# A start costs a second of CPU.
AT_ONCE = 3

RESUMED: dict[str, tuple[Death, ...]] = {
    "recorded, not started": (Crossed("before start 1"),),
    "the question shown": (Printed("== Question =="),),
    "the final answer posted, not settled": (Crossed("after post synthesis 1"),),
    "twice, the second time within the takeover": (
        Served(Moment("review", 2)),
        Crossed("before forget 1"),
    ),
}
LEFT_BEHIND: dict[str, Death] = {
    "an answer asked": Served(Moment("answer", 4)),
    "an answer given": Served(Moment("answer", 3, Phase.ANSWERED)),
    "an answer posted, not settled": Crossed("before settle answer 2"),
    "messages posted": Posted(4),
    "a review given": Served(Moment("review", 3, Phase.ANSWERED)),
    "a review recorded, not posted": Crossed("before post review 3"),
    "the stream open, nothing said": Served(Moment("synthesis", 1, Phase.OPENED)),
    "the final answer half said": Served(Moment("synthesis", 1, Phase.HALF_SAID)),
}


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("used") / "template")


@pytest.fixture(scope="session")
def postgres_databases(postgres: Postgres) -> Databases:
    return PostgresDatabases(postgres)


@pytest.fixture(params=ON_BOTH)
def databases(request: pytest.FixtureRequest) -> Databases:
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
async def server() -> AsyncGenerator[CrashServer]:
    async with CrashServer() as server:
        yield server


async def test_a_killed_deliberation_is_resumed(
    databases: Databases, server: CrashServer, launcher: Launcher, tmp_path: Path
) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def die_and_resume(number: int, deaths: tuple[Death, ...]) -> list[Fault]:
        question = f"Which way is up for team {number}?"
        async with turns:
            folder = tmp_path / str(number)
            url = databases.used(folder)
            machine = Machine(folder, url, server, start_module=launcher.start)
            return await _resumed(machine, question, deaths)

    broken = await asyncio.gather(*map(die_and_resume, count(), RESUMED.values()))

    assert dict(zip(RESUMED, broken, strict=True)) == {name: [] for name in RESUMED}


async def _resumed(machine: Machine, question: str, deaths: tuple[Death, ...]) -> list[Fault]:
    words = ("ask", question)
    sightings: list[Sighting] = []
    for death in deaths:
        outcome = await machine.kill(death, question, *words)
        assert outcome.was_killed, outcome
        sightings.append(await machine.sighting(question))
        words = ("resume", sightings[-1].deliberation_id)
    outcome = await machine.run(*words)
    assert (outcome.code, outcome.err) == (0, "")
    assert "== Final answer ==" in outcome.out
    assert machine.unfinished() == []
    return faults(sightings, await machine.sighting(question))


async def test_the_next_starts_finish_what_died_and_leave_what_lives(
    databases: Databases, server: CrashServer, launcher: Launcher, tmp_path: Path
) -> None:
    url = databases.used(tmp_path)
    machine = Machine(tmp_path, url, server, start_module=launcher.start)
    dead = {f"What was known at this death: {name}?": death for name, death in LEFT_BEHIND.items()}
    living, next_one = "Who is still alive?", "Who comes next?"
    # Until all of them are past their own start, nobody dies whom another could take over.
    server.hold([*dead, living])
    async with asyncio.TaskGroup() as group:
        survivor = group.create_task(machine.run("ask", living))
        dying = [
            group.create_task(machine.kill(death, question, "ask", question))
            for question, death in dead.items()
        ]
        await server.until_asked([*dead, living])
        server.release(dead)
        outcomes = [await killed for killed in dying]
        assert [outcome for outcome in outcomes if not outcome.was_killed] == []
        sightings = {question: await machine.sighting(question) for question in dead}
        resumed, *others = [sighting.deliberation_id for sighting in sightings.values()]

        heirs = await asyncio.gather(machine.run("ask", next_one), machine.run("resume", resumed))
        server.release([living])

    alive = [*heirs, survivor.result()]
    assert [outcome.code for outcome in alive] == [0, 0, 0]
    taken = [name for outcome in alive for name in others if name in outcome.err]
    assert sorted(taken) == sorted(others)
    assert "== Final answer ==" in heirs[1].out
    ends = {question: await machine.sighting(question) for question in (*dead, living, next_one)}
    broken = {
        question: faults([sightings[question]] if question in dead else [], end)
        for question, end in ends.items()
    }
    assert broken == {question: [] for question in ends}

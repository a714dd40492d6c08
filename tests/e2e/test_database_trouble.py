"""A database in trouble delays a service; it loses nothing, and posts and pays nothing twice."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.e2e.crash import sightings
from tests.e2e.crash_server import CrashServer
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.crash_slack import SlackSite
from tests.e2e.scene import open_scene
from tests.e2e.service import Running, Service
from tests.launcher import Launcher
from tests.postgres import Postgres

QUESTIONS = [f"What does the database say to team {number}?" for number in range(3)]
# The long form, `python -m tests.bench.faults`, holds the lock for ten seconds.
HELD_S = 1.5
# Longer than the first pauses of a writer, shorter than its patience.
FULL_S = 1.0
SOON_S = 60.0
# Ten seconds from the end of the trouble on, and many times what the rest of a council takes.
RECOVERS_S = 120.0


class Trouble:
    """A service with questions whose answers are on their way to the database."""

    def __init__(self, site: SlackSite, service: Service, server: CrashServer) -> None:
        self.service = service
        self.server = server
        self._site = site

    async def begin(self) -> Running:
        """Ask, and hold the answers back."""
        running = await self.service.start()
        self.server.hold(QUESTIONS)
        await asyncio.gather(*map(self._site.ask, QUESTIONS))
        await asyncio.wait_for(self.server.until_asked(QUESTIONS), SOON_S)
        return running

    async def is_felt(self) -> bool:
        """Say whether nothing could be recorded though all members have answered."""
        found = await sightings(self.service.database_url, self.server, QUESTIONS)
        return not any(each.recorded for each in found.values())

    async def broken(self) -> list[str]:
        """Wait for the end of all, and return which promises were broken."""
        is_done = lambda: all(is_whole(self._site, question) for question in QUESTIONS)  # noqa: E731
        await self._site.slack.until(is_done, RECOVERS_S)
        await self.service.stop()
        ends = await sightings(self.service.database_url, self.server, QUESTIONS)
        faults = [
            fault.what
            for question, end in ends.items()
            for fault in broken(self._site, question, [], end)
        ]
        return [*faults, *self.service.ended]


@asynccontextmanager
async def open_trouble(launcher: Launcher, folder: Path, url: str) -> AsyncGenerator[Trouble]:
    """Open a service that will be in trouble."""
    async with open_scene(launcher, folder, url) as scene:
        yield Trouble(scene.site, scene.service, scene.server)


async def hold_lock(trouble: Trouble, seconds: float) -> list[str]:
    """Lock both files for a while, and return which promises were broken."""
    await trouble.begin()
    folder = Path(make_url(trouble.service.database_url).database or "").parent
    async with AsyncExitStack() as stack:
        for path in folder.glob("*.db"):
            other = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")
        trouble.server.release(QUESTIONS)
        await asyncio.sleep(seconds)
        assert await trouble.is_felt()
    return await trouble.broken()


async def test_a_lock_that_another_program_holds_is_waited_out(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with open_trouble(launcher, tmp_path, sqlite_url) as trouble:
        assert await hold_lock(trouble, HELD_S) == []


async def test_a_disk_that_is_full_for_a_while_is_waited_out(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with open_trouble(launcher, tmp_path, sqlite_url) as trouble:
        running = await trouble.begin()
        usual = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)

        # No file of the process can grow any more.
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (1, usual[1]))
        trouble.server.release(QUESTIONS)
        await asyncio.sleep(FULL_S)
        assert await trouble.is_felt()
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, usual)

        assert await trouble.broken() == []


@pytest.mark.postgres
async def test_connections_that_the_server_ends_are_replaced(
    launcher: Launcher, tmp_path: Path, postgres: Postgres, postgres_url: str
) -> None:
    async with open_trouble(launcher, tmp_path, postgres_url) as trouble:
        await trouble.begin()

        trouble.server.release(QUESTIONS)
        postgres.end_connections(str(make_url(postgres_url).database))

        assert await trouble.broken() == []

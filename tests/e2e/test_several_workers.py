"""A gateway and three workers: one is killed, one pauses for too long, the database restarts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.e2e.crash import Sighting, sightings
from tests.e2e.crash_server import POISON, CrashServer
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.crash_slack import SlackSite
from tests.e2e.scene import open_scene
from tests.e2e.service import Running, Service
from tests.launcher import Launcher
from tests.postgres import Postgres

QUESTIONS = [f"What would team {number} do?" for number in range(12)]
WORKERS = 3
# Several times what a takeover takes.
SOON_S = 60.0
PATIENCE_S = 120.0

_SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'council liveness'"


@dataclass
class Town:
    """A Slack with people who ask, and the service that answers them."""

    server: CrashServer
    site: SlackSite
    service: Service
    sessions: dict[Running, int] = field(default_factory=dict[Running, int])
    seen: dict[str, list[Sighting]] = field(default_factory=dict[str, list[Sighting]])

    @property
    def workers(self) -> list[Running]:
        """Those whose death has consequences."""
        return list(self.sessions)

    async def start_worker(self) -> None:
        """Start a worker, and note the session by which others know that it lives."""
        before = await self._sessions()
        worker = await self.service.start("worker")
        (self.sessions[worker],) = await self._sessions() - before

    async def give_up(self, worker: Running) -> None:
        """End a worker's session, as the server does with one that is out of reach."""
        async with self._connected() as connection:
            pid = self.sessions[worker]
            await connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    def poison(self, worker: Running) -> None:
        """Let whatever a worker is told from now on be what must be found nowhere."""
        ports = {port for known in self.server.ports.values() for port in known}
        self.server.poisoned |= {port for port in ports if self.service.owner(port) is worker}

    def owned(self, worker: Running) -> list[str]:
        """Return the questions that a worker asks models about."""
        held = {
            question
            for question, ports in self.server.ports.items()
            if any(self.service.owner(port) is worker for port in ports)
        }
        return sorted(held)

    async def note(self) -> None:
        """Remember what is on record, as after a death."""
        for question, found in (await self._look()).items():
            self.seen.setdefault(question, []).append(found)

    def asked(self, questions: list[str]) -> dict[str, int]:
        """Return how often models were asked about each of these questions."""
        return {question: self.server.asked(question).total() for question in questions}

    async def until_asked_again(self, before: dict[str, int]) -> None:
        """Return when somebody has asked the models about these questions after that."""
        async with asyncio.timeout(SOON_S):
            while any(self.asked([one])[one] == count for one, count in before.items()):
                await self.server.until_news()

    async def until_posted(self, messages: int) -> None:
        """Return when so many messages were sent to Slack."""
        slack = self.site.slack
        await slack.until(lambda: slack.count("chat.postMessage") >= messages, SOON_S)

    async def until_whole(self) -> None:
        """Return when all threads seem to be complete."""
        is_done = lambda: all(is_whole(self.site, question) for question in QUESTIONS)  # noqa: E731
        await self.site.slack.until(is_done, PATIENCE_S)

    async def broken(self) -> dict[str, list[str]]:
        """Return the promises that were broken, by question."""
        ends = await self._look()
        assert POISON not in str(ends)
        found = {
            question: [
                fault.what for fault in broken(self.site, question, self.seen[question], end)
            ]
            for question, end in ends.items()
        }
        return {question: faults for question, faults in found.items() if faults}

    async def _look(self) -> dict[str, Sighting]:
        return await sightings(self.service.database_url, self.server, QUESTIONS)

    async def _sessions(self) -> set[int]:
        async with self._connected() as connection:
            cursor = await connection.execute(_SESSIONS)
            return {pid for (pid,) in await cursor.fetchall()}

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        url = self.service.database_url
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            yield connection


@asynccontextmanager
async def open_town(launcher: Launcher, folder: Path, url: str) -> AsyncGenerator[Town]:
    """Open a service of several processes, which is to end well."""
    async with open_scene(launcher, folder, url) as scene:
        town = Town(scene.server, scene.site, scene.service)
        await town.service.start("gateway", "scheduler")
        for _ in range(WORKERS):
            await town.start_worker()
        yield town
    assert town.service.ended == []


@pytest.mark.postgres
async def test_whatever_happens_to_workers_and_database_each_post_is_there_once(
    launcher: Launcher, tmp_path: Path, postgres: Postgres, postgres_url: str
) -> None:
    async with open_town(launcher, tmp_path, postgres_url) as town:
        town.server.hold(QUESTIONS)
        await asyncio.gather(*map(town.site.ask, QUESTIONS))
        await asyncio.wait_for(town.server.until_asked(QUESTIONS), SOON_S)
        _, killed, paused = sorted(town.workers, key=lambda worker: len(town.owned(worker)))

        before = town.asked(town.owned(killed))
        killed.kill()
        await town.note()
        await town.until_asked_again(before)

        before = town.asked(town.owned(paused))
        town.poison(paused)
        paused.tell(signal.SIGSTOP)
        await town.give_up(paused)
        await town.note()
        await town.until_asked_again(before)

        paused.tell(signal.SIGCONT)
        town.server.release(QUESTIONS)
        await town.until_posted(3 * len(QUESTIONS))
        await asyncio.to_thread(postgres.stop)
        await asyncio.to_thread(postgres.start)
        await town.note()
        await town.until_whole()

    assert await town.broken() == {}

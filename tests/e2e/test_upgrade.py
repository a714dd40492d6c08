"""A new version of the program finishes what the old one was working on when it was killed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.crash import sightings
from tests.e2e.crash_server import CrashServer
from tests.e2e.crash_service import OLD
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.crash_slack import SlackSite, open_slack
from tests.e2e.service import Service, configure
from tests.launcher import Launcher

QUESTIONS = [f"What is new for team {number}?" for number in range(3)]
PATIENCE_S = 120.0


async def test_another_version_goes_on_with_what_a_killed_one_left(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with CrashServer() as server, open_slack() as slack:
        configure(tmp_path, server)
        site = SlackSite(slack)
        service = Service(launcher.start, tmp_path, sqlite_url, site.settings)
        try:
            old = await service.start(crash_at=OLD)
            server.hold(QUESTIONS[1:])
            await asyncio.gather(*map(site.ask, QUESTIONS))
            await slack.until(lambda: is_whole(site, QUESTIONS[0]), PATIENCE_S)
            old.kill()
            await old.process.wait()
            deaths = await sightings(sqlite_url, server, QUESTIONS)

            await service.start()
            server.release(QUESTIONS[1:])
            is_done = lambda: all(is_whole(site, question) for question in QUESTIONS)  # noqa: E731
            await slack.until(is_done, PATIENCE_S)
        finally:
            await service.stop()

        ends = await sightings(sqlite_url, server, QUESTIONS)
        faults = [
            fault
            for question, end in ends.items()
            for fault in broken(site, question, [deaths[question]], end)
        ]
        assert faults == []
        assert service.ended == []

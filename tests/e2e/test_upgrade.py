"""A new version of the program finishes what the old one was working on when it was killed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.e2e.crash import sightings
from tests.e2e.crash_service import OLD
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.scene import open_scene
from tests.launcher import Launcher

QUESTIONS = [f"What is new for team {number}?" for number in range(3)]
PATIENCE_S = 120.0


async def test_another_version_goes_on_with_what_a_killed_one_left(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with open_scene(launcher, tmp_path, sqlite_url) as scene:
        server, site, service = scene.server, scene.site, scene.service
        old = await service.start(crash_at=OLD)
        server.hold(QUESTIONS[1:])
        await asyncio.gather(*map(site.ask, QUESTIONS))
        await site.slack.until(lambda: is_whole(site, QUESTIONS[0]), PATIENCE_S)
        old.kill()
        await old.process.wait()
        deaths = await sightings(sqlite_url, server, QUESTIONS)

        await service.start()
        server.release(QUESTIONS[1:])
        await site.slack.until(
            lambda: all(is_whole(site, question) for question in QUESTIONS), PATIENCE_S
        )

    ends = await sightings(sqlite_url, server, QUESTIONS)
    faults = [
        fault
        for question, end in ends.items()
        for fault in broken(site, question, [deaths[question]], end)
    ]
    assert faults == []
    assert service.ended == []

"""A service that is told to stop: nothing new begins, what is out comes in, the rest goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.crash import Sighting, sightings
from tests.e2e.crash_server import MEMBERS, CrashServer
from tests.e2e.crash_site import broken, is_whole
from tests.e2e.crash_slack import SlackSite
from tests.e2e.scene import open_scene
from tests.e2e.service import Running, Service
from tests.launcher import Launcher

# The long form, `python -m tests.bench.faults`, has fifty.
MANY = 10
FEW = 2
# New channels that Slack lets the bot look at without waiting.
AT_ONCE = 10
# What is promised from the signal to the end, and what is enough for a process in a hurry.
GOODBYE_S = 25.0
HURRY_S = 20.0
# Several times what a start takes.
SOON_S = 60.0
PATIENCE_S = 120.0


@dataclass
class Shop:
    """A service, and people who ask it something."""

    server: CrashServer
    site: SlackSite
    service: Service

    async def ask(self, questions: Sequence[str]) -> None:
        """Ask, and return when all members were asked and hold back their answers."""
        self.server.hold(questions)
        for first in range(0, len(questions), AT_ONCE):
            some = questions[first : first + AT_ONCE]
            await asyncio.gather(*map(self.site.ask, some))
            async with asyncio.timeout(SOON_S):
                while any(self.server.asked(one).total() < len(MEMBERS) for one in some):
                    await self.server.until_news()

    async def until_recorded(self, questions: Sequence[str]) -> None:
        """Return when the answers to these questions are on record."""
        async with asyncio.timeout(SOON_S):
            while any(  # noqa: ASYNC110 a table tells nobody
                found.recorded.total() < len(MEMBERS)
                for found in (await self.look(questions)).values()
            ):
                await asyncio.sleep(0.05)

    async def finish(self, questions: Sequence[str], death: dict[str, Sighting]) -> list[str]:
        """Let a new process finish all, and return which promises were broken."""
        await self.service.start()
        is_done = lambda: all(is_whole(self.site, question) for question in questions)  # noqa: E731
        await self.site.slack.until(is_done, PATIENCE_S)
        await self.service.stop()
        ends = await self.look(questions)
        faults = [
            fault.what
            for question in questions
            for fault in broken(self.site, question, [death[question]], ends[question])
        ]
        return [*faults, *self.service.ended]

    async def look(self, questions: Sequence[str]) -> dict[str, Sighting]:
        """Return what is on record of these questions."""
        return await sightings(self.service.database_url, self.server, questions)

    @property
    def purposes(self) -> set[str]:
        """What the models were asked for so far."""
        return {asked.purpose for asked in self.server.requested}


@asynccontextmanager
async def open_shop(launcher: Launcher, folder: Path, url: str) -> AsyncGenerator[Shop]:
    """Open a service; the test starts its processes."""
    async with open_scene(launcher, folder, url, mode="fast") as scene:
        yield Shop(scene.server, scene.site, scene.service)


async def stop(running: Running, number: signal.Signals) -> None:
    """Tell a process to stop, and return when it has heard."""
    running.tell(number)
    await running.until_said(b"Council stops")


async def ended(running: Running, within_s: float) -> int:
    """Return the exit code of a process that was told to stop."""
    return await asyncio.wait_for(running.process.wait(), within_s)


async def hand_back(shop: Shop, many: int) -> list[str]:
    """Stop a service twice that works on many questions, and return which promises were broken."""
    questions = [f"What is out for team {number}?" for number in range(many)]
    answered, waiting, late = questions[: many // 2], questions[many // 2 :], "Who comes too late?"
    running = await shop.service.start()
    await shop.ask(questions)

    await stop(running, signal.SIGTERM)
    asking = asyncio.create_task(shop.site.ask(late))
    shop.server.release(answered)
    await shop.until_recorded(answered)
    running.tell(signal.SIGINT)
    code = await ended(running, HURRY_S)
    await asking

    assert code == 0
    assert shop.purposes == {"answer"}
    assert not shop.server.asked(late)
    kept = [*questions, late] if shop.site.is_promised(late) else questions
    death = await shop.look(kept)
    shop.server.release(waiting)
    return await shop.finish(kept, death)


async def test_a_second_signal_hands_back_at_once_what_is_waited_for(
    launcher: Launcher, tmp_path: Path, sqlite_url: str
) -> None:
    async with open_shop(launcher, tmp_path, sqlite_url) as shop:
        assert await hand_back(shop, MANY) == []


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("sqlite", signal.SIGINT),
        pytest.param("postgres", signal.SIGTERM, marks=pytest.mark.postgres),
    ],
)
async def test_after_one_signal_what_was_asked_is_waited_for_and_not_asked_again(
    request: pytest.FixtureRequest,
    launcher: Launcher,
    tmp_path: Path,
    kind: str,
    number: signal.Signals,
) -> None:
    questions = [f"What comes in for team {team}?" for team in range(FEW)]
    async with open_shop(launcher, tmp_path, request.getfixturevalue(f"{kind}_url")) as shop:
        running = await shop.service.start()
        await shop.ask(questions)

        await stop(running, number)
        shop.server.release(questions)
        code = await ended(running, GOODBYE_S)

        assert code == 0
        death = await shop.look(questions)
        assert all(found.recorded for found in death.values())
        assert shop.purposes == {"answer"}
        assert await shop.finish(questions, death) == []

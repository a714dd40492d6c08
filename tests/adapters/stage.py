"""What every platform's stage has: models on real sockets, settings, and a database to look at."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.composition.service import Ending
from bot.config import Settings
from bot.config.file import CouncilFile
from bot.domain import Deliberation, PostState
from bot.llm.providers import Provider
from bot.storage.database import Database, open_database
from bot.storage.outbox import SqlOutbox
from bot.storage.records import SqlRecords
from bot.storage.workspaces.pace import SqlPace
from tests.e2e.crash import unfinished
from tests.fakes.model_server import ModelServer, Script

MEMBERS = ("alder", "birch", "cedar")
CHAIR = "maple"
# Limits refill so many times faster, here and in the fake platforms.
SPEED = 25.0


class FastPace(SqlPace):
    """The pace of a platform whose limits refill faster."""

    speed = SPEED

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        every_s /= self.speed
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


def hurried() -> Ending:
    """Return the ending of a service that waits for no calls when its context closes."""
    ending = Ending()
    ending.hurry.set()
    return ending


@dataclass(kw_only=True)
class Stage:
    """Models, and settings for as many programs as a test wants."""

    models: ModelServer
    folder: Path
    database_url: str
    file: dict[str, object] = field(default_factory=dict[str, object])
    said: list[str] = field(default_factory=list[str])

    def configured(self, **platform: object) -> Settings:
        """Return what an operator would have set, with what a platform needs."""
        council = {
            "members": [f"work/{name}" for name in MEMBERS],
            "chairman": f"work/{CHAIR}",
            "revision": "off",
        }
        queue = {"per_channel": 5}  # many things are asked at once here
        tables = {"council": council, "deadlines": {"soft_min": 30}, "queue": queue, **self.file}
        common: dict[str, object] = {
            "data_dir": self.folder,
            "database_url": self.database_url,
            "log_level": None,
            "source": None,
            "file": CouncilFile.model_validate(tables),
            "providers": {"work": _provider(self.models)},
            "http_port": 0,
        }
        return Settings(**{**common, **platform})  # pyright: ignore[reportArgumentType]

    def slow_chairman(self) -> None:
        """Let the chairman write slowly enough to look on."""
        self.models.scripts[CHAIR] = Script(pieces=20, pause_s=0.05)

    async def idle(self) -> None:
        """Return when the bot works on nothing any more."""
        async with asyncio.timeout(60):
            while unfinished(self.database_url):  # noqa: ASYNC110 a table tells nobody
                await asyncio.sleep(0.05)

    async def deliberations(self) -> list[Deliberation]:
        """Return all that are on record, the oldest first."""
        async with open_database(self.database_url) as database:
            return await _all(database)

    async def posts_of(self, deliberation: Deliberation) -> Mapping[str, tuple[PostState, str]]:
        """Return the state of each post, and why it was given up, by its slot."""
        async with open_database(self.database_url) as database:
            posts = await SqlOutbox(database).owed(deliberation.id)
        return {post.slot: (post.state, post.reason or "") for post in posts}


async def settled(stage: Stage, number: int = 1) -> list[Deliberation]:
    """Return the deliberations once so many have ended."""
    async with asyncio.timeout(30), open_database(stage.database_url) as database:
        while True:
            known = await _all(database)
            if len(known) == number and all(one.state.is_final for one in known):
                return known
            await asyncio.sleep(0.05)


async def _all(database: Database) -> list[Deliberation]:
    records = SqlRecords(database)
    heads = await records.search(limit=1000)
    return [await records.load(head.id) for head in reversed(heads)]


def _provider(models: ModelServer) -> Provider:
    return Provider(
        name="work",
        kind="openai",
        base_url=models.base_url,
        api_key="a-key-of-the-operator",
        key_name=None,
        concurrency=64,
        requests_per_minute=None,
        is_local=False,
    )

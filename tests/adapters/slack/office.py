"""A workspace with the bot in it: Slack and the models on real sockets, the program in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from adapters.slack.chat import SlackChat
from adapters.slack.wire.http import open_http
from bot.composition import slack as composition
from bot.composition.service import open_service
from bot.config import Settings
from bot.config.file import CouncilFile
from bot.domain import Deliberation
from bot.llm.providers import Provider
from bot.storage.database import Database, open_database
from bot.storage.pace import SqlPace
from bot.storage.records import SqlRecords
from tests.e2e.crash import unfinished
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.slack.records import Message
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.world import Channel, Person

MEMBERS = ("alder", "birch", "cedar")
CHAIR = "maple"
# Limits refill so many times faster, here and in the fake Slack.
SPEED = 25.0
_PATIENCE_S = 60.0


class FastPace(SqlPace):
    """The pace of a Slack whose limits refill faster."""

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        return await super().take(key, every_s=every_s / SPEED, burst=burst, within_s=within_s)


@dataclass
class Office:
    """A Slack, models, and settings for as many programs as a test wants."""

    slack: SlackServer
    models: ModelServer
    folder: Path
    database_url: str
    channel: Channel
    kim: Person
    file: dict[str, object] = field(default_factory=dict[str, object])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    secret_key: str | None = None
    said: list[str] = field(default_factory=list[str])

    def settings(self) -> Settings:
        """Return what an operator would have set."""
        council = {
            "members": [f"work/{name}" for name in MEMBERS],
            "chairman": f"work/{CHAIR}",
            "revision": "off",
        }
        tables = {"council": council, "deadlines": {"soft_min": 30}, **self.file}
        return Settings(
            data_dir=self.folder,
            database_url=self.database_url,
            log_level=None,
            source=None,
            file=CouncilFile.model_validate(tables),
            providers={"work": _provider(self.models)},
            secrets=self.secrets or self.by_socket(),
            secret_key=self.secret_key,
            slack_api_url=self.slack.api_url,
            http_port=0,
        )

    def by_socket(self) -> dict[str, str]:
        """Return the tokens for one workspace and Socket Mode."""
        return {
            "SLACK_BOT_TOKEN": self.slack.workspace.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
        }

    def by_http(self) -> dict[str, str]:
        """Return the tokens for one workspace and signed HTTP."""
        return {
            "SLACK_BOT_TOKEN": self.slack.workspace.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
        }

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Run the bot in this process; Slack delivers to it."""
        async with open_service(self.settings(), self.said.append):
            for line in self.said:
                if line.startswith("HTTP: "):
                    self.slack.request_url = f"{line.removeprefix('HTTP: ')}/slack/events"
            yield

    async def ask(self, text: str = "Which database suits an event log?") -> Message:
        """Ask by the slash command, wait for the pin, and return the root message."""
        before = set(map(id, self.channel.messages))
        reply = await self.slack.command(text, channel=self.channel, person=self.kim)
        assert reply.status == 200
        assert not reply.body, reply.body
        await self.slack.until(lambda: bool(self.channel.pins), patience_s=_PATIENCE_S)
        root = next(message for message in self.channel.messages if id(message) not in before)
        await self.slack.until(lambda: "Read the final answer" in str(root.blocks))
        return root

    def root(self) -> Message:
        """Return the first root message."""
        return next(m for m in self.channel.messages if m.text.startswith("Question: "))

    def slow_chairman(self) -> None:
        """Let the chairman write slowly enough for a stream."""
        self.models.scripts[CHAIR] = Script(pieces=20, pause_s=0.05)

    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give Slack up after two seconds."""
        monkeypatch.setattr(composition, "open_http", partial(open_http, timeout_s=2.0))

    async def idle(self) -> None:
        """Return when the bot works on nothing any more."""
        async with asyncio.timeout(60):
            while unfinished(self.database_url):  # noqa: ASYNC110 a table tells nobody
                await asyncio.sleep(0.05)

    async def deliberations(self) -> list[Deliberation]:
        """Return all that are on record, the oldest first."""
        async with open_database(self.database_url) as database:
            return await _all(database)


def texts(messages: list[Message]) -> list[str]:
    """Return what notifications of these messages say, up to the first colon."""
    return [message.text.partition(":")[0] for message in messages]


async def settled(office: Office, number: int = 1) -> list[Deliberation]:
    """Return the deliberations once so many have ended."""
    async with asyncio.timeout(30):
        while True:
            known = await office.deliberations()
            if len(known) == number and all(one.state.is_final for one in known):
                return known
            await asyncio.sleep(0.05)


def make_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot keep to the limits of a faster Slack."""
    monkeypatch.setattr(composition, "SqlPace", FastPace)
    monkeypatch.setattr(SlackChat, "stream_every_s", 0.1)


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

"""A workspace with the bot in it: Slack and the models on real sockets, the program in between."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from adapters.slack.chat import SlackChat
from adapters.slack.wire.http import open_http
from bot.composition import slack as composition
from bot.composition.service import open_service
from bot.config import Settings
from tests.adapters.stage import FastPace, Stage, hurried
from tests.fakes.slack.records import Message
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.world import Channel, Person

_PATIENCE_S = 60.0


@dataclass(kw_only=True)
class Office(Stage):
    """A channel of a fake Slack with a person in it."""

    slack: SlackServer
    channel: Channel
    kim: Person
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    secret_key: str | None = None

    def settings(self) -> Settings:
        """Return what an operator would have set."""
        return self.configured(
            secrets=self.secrets or self.by_socket(),
            secret_key=self.secret_key,
            slack_api_url=self.slack.api_url,
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
        async with open_service(self.settings(), self.said.append, ending=hurried()):
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

    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give Slack up after two seconds."""
        monkeypatch.setattr(composition, "open_http", partial(open_http, timeout_s=2.0))


def texts(messages: list[Message]) -> list[str]:
    """Return what notifications of these messages say, up to the first colon."""
    return [message.text.partition(":")[0] for message in messages]


def make_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot keep to the limits of a faster Slack."""
    monkeypatch.setattr(composition, "SqlPace", FastPace)
    monkeypatch.setattr(SlackChat, "stream_every_s", 0.1)

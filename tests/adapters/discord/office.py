"""A server with the bot in it: Discord and the models on real sockets, the program in between."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import pytest

from adapters.discord.chat import DiscordChat
from adapters.discord.wire.http import open_http
from bot.composition import discord as composition
from bot.composition.service import open_service
from bot.config import Settings
from bot.domain import Deliberation
from tests.adapters.stage import FastPace, Stage, hurried, settled
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.discord.server import DiscordServer

_PATIENCE_S = 60.0


@dataclass(kw_only=True)
class Office(Stage):
    """A channel of a fake Discord with a person in it."""

    discord: DiscordServer
    channel: Channel
    ada: Person

    def settings(self) -> Settings:
        """Return what an operator would have set."""
        return self.configured(
            secrets={"DISCORD_TOKEN": self.discord.token},
            discord_api_url=self.discord.api_url,
            discord_gateway_url=self.discord.gateway_url,
        )

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Run the bot in this process, connected to the gateway."""
        async with open_service(self.settings(), self.said.append, ending=hurried()):
            await self.discord.until(lambda: self.discord.connections > 0)
            yield

    async def ask(self, text: str = "Which database suits an event log?") -> Channel:
        """Ask by the slash command, wait for the pin, and return the thread."""
        before = len(self.channel.shown)
        await self.start(text)
        await self.discord.until(
            lambda: (
                len(self.channel.shown) > before
                and "Read the final answer" in shown(self.channel.shown[before])
            ),
            patience_s=_PATIENCE_S,
        )
        thread = self.channel.shown[before].thread
        assert thread is not None
        return thread

    async def start(self, text: str = "Hm, what?") -> None:
        """Ask by the slash command."""
        asked = {"question": text}
        reply = await self.discord.command(
            "council", "ask", asked, channel=self.channel, person=self.ada
        )
        assert reply.is_acknowledged

    async def asked_to_the_end(self) -> Deliberation:
        """Ask, and return the deliberation when nothing is done for it any more."""
        await self.start()
        (deliberation,) = await settled(self)
        await self.idle()
        return deliberation

    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Give Discord up after two seconds."""
        monkeypatch.setattr(composition, "open_http", partial(open_http, timeout_s=2.0))

    def root(self) -> Message:
        """Return the first root message."""
        return self.channel.shown[0]


def shown(message: Message) -> str:
    """Return all that a message says."""
    return str(message.components) + message.content


def posts(thread: Channel) -> list[Message]:
    """Return what the bot has said in a thread; Discord's own messages are left out."""
    return [message for message in thread.shown if not message.is_system and shown(message)]


def make_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot keep to the limits of a faster Discord."""
    monkeypatch.setattr(composition, "SqlPace", FastPace)
    monkeypatch.setattr(DiscordChat, "stream_every_s", 0.1)

"""A small bot of discord.py, for the tests of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import yarl

from tests.fakes.discord.library import (
    AllowedMentions,
    Client,
    DiscordWebSocket,
    HTTPException,
    Intents,
    Interaction,
    JoinedGuild,
    Message,
    Route,
    app_commands,
)
from tests.fakes.discord.records import Channel, Guild, Person
from tests.fakes.discord.records import Message as Stored
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Reply

# Servers come right after READY here; discord.py would wait two seconds for further ones.
READY_TIMEOUT_S = 0.05


class Bot(Client):
    """Notes what it hears, and answers interactions with `answer`."""

    def __init__(self, *, intents: Intents | None = None, **options: Any) -> None:
        super().__init__(
            intents=intents or Intents.default(),
            guild_ready_timeout=READY_TIMEOUT_S,
            allowed_mentions=AllowedMentions.none(),
            **options,
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[Message] = []
        self.events: list[str] = []
        self.joined: list[int] = []
        self.answer: Callable[[Interaction], Awaitable[object]] | None = None
        self.failures: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once; discord.py would wait five seconds."""

    async def on_message(self, message: Message) -> None:
        self.heard.append(message)

    async def on_guild_join(self, guild: JoinedGuild) -> None:
        self.joined.append(guild.id)

    async def on_socket_event_type(self, event_type: str) -> None:
        self.events.append(event_type)

    async def on_interaction(self, interaction: Interaction) -> None:
        if self.answer is not None:
            await self.answer(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        self.failures.append(event_method)
        raise  # noqa: PLE0704  discord.py calls it while it handles the error

    @property
    def said(self) -> list[str]:
        """The contents of what it heard."""
        return [message.content for message in self.heard]


def point_at(discord: DiscordServer, patch: pytest.MonkeyPatch) -> None:
    """Let discord.py talk to the server."""
    patch.setattr(Route, "BASE", discord.api_url)
    patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))


@asynccontextmanager
async def running(discord: DiscordServer, bot: Client) -> AsyncGenerator[None]:
    """Log a bot in, and wait until it is ready."""
    await bot.login(discord.token)
    connecting = asyncio.create_task(bot.connect())
    try:
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait([ready, connecting], timeout=5, return_when="FIRST_COMPLETED")
        if connecting.done():
            ready.cancel()
            await connecting
        yield
    finally:
        await bot.close()
        with suppress(asyncio.CancelledError):
            await connecting


@asynccontextmanager
async def logged_in(discord: DiscordServer) -> AsyncGenerator[Bot]:
    """Give a bot that speaks REST alone."""
    bot = Bot()
    await bot.login(discord.token)
    try:
        yield bot
    finally:
        await bot.close()


async def refusal(call: Awaitable[Any]) -> tuple[int, int]:
    """Give the status and the code with which Discord refuses a call."""
    with pytest.raises(HTTPException) as refused:
        await call
    return refused.value.status, refused.value.code


async def answered(interaction: Interaction) -> None:
    """Answer with a message."""
    await interaction.response.send_message("done")


async def ask(discord: DiscordServer, channel: Channel, ada: Person, **more: object) -> Reply:
    """Give the command `/council ask`."""
    values = {"question": "why?", **more}
    return await discord.command("council", "ask", values, channel=channel, person=ada)


def stored(channel: Channel, place: int = -1) -> Stored:
    """Give a message as the server has it."""
    return channel.messages[place]


def channel_of(bot: Client, channel: Channel) -> Any:
    """Give a channel as the bot sees it, without asking for it."""
    return bot.get_partial_messageable(channel.id, guild_id=_guild_id(channel.guild))


def _guild_id(guild: Guild | None) -> int | None:
    return guild.id if guild is not None else None

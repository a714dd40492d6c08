"""One process of the bot on simcord: its shard, its calls, and what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, cast

import aiohttp
from discord.http import HTTPClient
from simcord import Env

from adapters.discord.deliveries import Deliveries
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.identify import Starts, Turns
from adapters.discord.wire.identity import Identity
from adapters.discord.wire.shard import Seat, Shard, Tempo
from tests.fakes.discord.library import Intents, Interaction, Message
from tests.fakes.workspaces import FakePace

if TYPE_CHECKING:
    from adapters.discord.wire.buckets import Library

_NOBODY = Identity("0", "", "0", can_read=True)
_STARTS = Starts("wss://unused.invalid", shards=1, total=1_000, remaining=1_000, max_concurrency=1)


class Http(DiscordHttp):
    """Calls simcord; its files have no address of Discord's, so that it hands them out itself."""

    async def download(self, url: str, limit: int) -> bytes:
        content: bytes = await self.library.get_from_cdn(url)
        return content[: limit + 1]


class Ear:
    """Gives what Discord delivers to the listeners, as the gateway does.

    While `is_awake` is not set, it is on its way. `intents` say what the bot hears of.
    """

    def __init__(self, *, can_read: bool) -> None:
        self.can_read = can_read
        self.intents = Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=can_read
        )
        self.is_awake = asyncio.Event()
        self.is_awake.set()
        self._env: Env | None = None
        self._deliveries: Deliveries | None = None
        self._listening: set[asyncio.Task[None]] = set()

    def listen(self, env: Env, deliveries: Deliveries) -> None:
        """Let deliveries come to these listeners from now on."""
        self._env, self._deliveries = env, deliveries

    def take(self, event: str, found: tuple[object, ...]) -> None:
        """Give an event to its listener."""
        match self._deliveries, event, found:
            case Deliveries() as listeners, "interaction", (Interaction() as interaction,):
                self._begin(listeners.on_interaction(interaction))
            case Deliveries() as listeners, "message", (Message() as message,):
                self._begin(listeners.on_message(message))
            case _:
                pass

    def _begin(self, listening: Awaitable[None]) -> None:
        # simcord waits for it, and fails the test if it raises.
        task = asyncio.create_task(self._hear(listening))
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)

    async def _hear(self, listening: Awaitable[None]) -> None:
        if self._env is not None and not self.is_awake.is_set():
            await self._env.external_wait(self.is_awake.wait(), reason="it is on its way")
        await listening


def new_shard(files: aiohttp.ClientSession, ear: Ear) -> Shard:
    """Return our shard as it is; simcord gives it another HTTP client and its events."""
    library = cast("Library", HTTPClient(asyncio.get_running_loop()))
    http = Http(library, files, _NOBODY)
    seat = Seat(0, 1, ear.intents, _STARTS.url)
    return Shard(http, seat, Turns(FakePace(), "0", _STARTS), ear.take, Tempo())


def http_of(env: Env, files: aiohttp.ClientSession, *, can_read: bool) -> Http:
    """Return what calls simcord, for a shard that is logged in."""
    user, application = env.bot.user, str(env.bot.application_id)
    assert user is not None
    identity = Identity(str(user.id), user.name, application, can_read)
    return Http(cast("Library", env.bot.http), files, identity)

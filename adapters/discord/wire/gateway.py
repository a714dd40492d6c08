"""The gateway: what happens in Discord, over connections that the bot opens and keeps.

It only receives. A process holds all shards of the bot or a range of them; Discord tells what
happens in a server to one shard, and direct messages to the first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

import discord
import structlog

from adapters.discord.wire.backoff import Backoff
from adapters.discord.wire.failures import UNAUTHORIZED, Refused
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.identify import Turns, read_starts
from adapters.discord.wire.shard import (
    BAD_SHARD,
    BAD_TOKEN,
    NO_INTENTS,
    TOO_FEW_SHARDS,
    Closed,
    Seat,
    Shard,
    Tempo,
)
from bot.errors import BadConfig
from bot.ports import Pace

# The start waits so long for all shards, and then goes on while they come.
_PATIENCE_S = 30.0
# Discord waits 3 s for the answer to what was delivered.
_FINISH_S = 3.0

_NO_ACCESS = (
    "Discord no longer takes DISCORD_TOKEN: reset it in the Developer Portal, under Bot, set it "
    "anew and start the bot again."
)
_CANNOT_READ = (
    "Discord shows the bot only messages that mention it, so questions come without the discussion "
    "around them. To change that, turn on Message Content Intent in the Developer Portal, under "
    "Bot, and start the bot again."
)
_SHARDS = (
    "Discord does not take this number of shards ({code}): COUNCIL_DISCORD_SHARDS must have at "
    "least as many as it recommends, see `council doctor`."
)
_CLOSED = "Discord ends the bot's connection with the code {code}. It is tried again."

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def _pass(_: object) -> None:
    """Take no notice."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """What is called with each delivery, and with servers that have us or let us go, by id."""

    on_interaction: Callable[[discord.Interaction], Awaitable[None]]
    on_message: Callable[[discord.Message], Awaitable[None]]
    on_here: Callable[[Sequence[str]], Awaitable[None]] = _pass
    on_left: Callable[[str], Awaitable[None]] = _pass


@dataclass(frozen=True, slots=True)
class Reach:
    """Another address of the gateway, and this process's shards with how many there are in all."""

    url: str | None = None
    shards: tuple[range, int] | None = None


_EVERYWHERE, _USUAL = Reach(), Tempo()


@asynccontextmanager
async def open_gateway(  # noqa: PLR0913 - what it works with, and how
    http: DiscordHttp,
    pace: Pace,
    listeners: Listeners,
    say: Callable[[str], None],
    *,
    reach: Reach = _EVERYWHERE,
    tempo: Tempo = _USUAL,
    patience_s: float = _PATIENCE_S,
) -> AsyncGenerator[Gateway]:
    """Take deliveries while the context is open; `say` tells the operator what is not as wished.

    Raises `BadConfig` for a token that is none. One that ends later ends the gateway alone.
    """
    gateway = Gateway(http, pace, listeners, say, reach=reach, tempo=tempo)
    keeper = asyncio.create_task(gateway.keep())
    opened = asyncio.create_task(gateway.has_opened.wait())
    try:
        await asyncio.wait({keeper, opened}, timeout=patience_s, return_when="FIRST_COMPLETED")
        opened.cancel()
        if keeper.done():
            await keeper
        keeper.add_done_callback(gateway.tell)
        yield gateway
    finally:
        opened.cancel()
        keeper.cancel()
        await asyncio.wait({keeper, opened})
        await gateway.finish()


class Gateway:
    """Keeps the shards connected, and knows what they tell of servers and channels."""

    def __init__(
        self,
        http: DiscordHttp,
        pace: Pace,
        listeners: Listeners,
        say: Callable[[str], None],
        *,
        reach: Reach,
        tempo: Tempo,
    ) -> None:
        self.has_opened = asyncio.Event()
        self._http = http
        self._pace = pace
        self._listeners = listeners
        self._say = say
        self._reach = reach
        self._tempo = tempo
        self._backoff = Backoff(tempo.again_after_s)
        self._shards: tuple[Shard, ...] = ()
        self._under_way: set[asyncio.Task[None]] = set()
        self._said: set[str] = set()

    @property
    def can_read(self) -> bool:
        """Discord shows the bot what messages say that do not mention it."""
        return self._http.identity.can_read

    @property
    def is_ready(self) -> bool:
        """All shards are connected."""
        return bool(self._shards) and all(shard.is_connected for shard in self._shards)

    @property
    def guilds(self) -> int:
        """How many servers these shards know."""
        return sum(len(shard.guilds) for shard in self._shards)

    def channel(self, guild: str, channel: str) -> discord.abc.GuildChannel | discord.Thread | None:
        """Return a channel or an active thread, None if Discord has told of none."""
        found = (shard.get_guild(int(guild)) for shard in self._shards)
        known = next((one for one in found if one is not None), None)
        return None if known is None else known.get_channel_or_thread(int(channel))

    def rights(self, guild: str, channel: str) -> discord.Permissions | None:
        """Return what the bot may do in a channel or thread, None if that is not known."""
        found = self.channel(guild, channel)
        me: discord.Member | None = None if found is None else found.guild.me
        if found is None or me is None or (isinstance(found, discord.Thread) and not found.parent):
            return None
        return found.permissions_for(me)

    async def keep(self) -> NoReturn:
        """Keep all shards connected. Raises `BadConfig` where the token is no good."""
        while True:
            began_s = asyncio.get_running_loop().time()
            try:
                await self._hold()
            except Closed as closed:
                self._learn(closed.code)
            except Refused as refused:
                if refused.status == UNAUTHORIZED:
                    raise BadConfig(_NO_ACCESS) from refused
                log.warning("discord gateway refused", status=refused.status)
            except Exception as error:  # noqa: BLE001 - whatever it was, it may be over soon
                log.warning("discord gateway not found", error=type(error).__name__)
            self._backoff.lost(asyncio.get_running_loop().time() - began_s)
            await asyncio.sleep(self._backoff.pause_s())

    def tell(self, keeper: asyncio.Task[NoReturn]) -> None:
        """Tell why the gateway has ended by itself."""
        error = None if keeper.cancelled() else keeper.exception()
        if isinstance(error, BadConfig):
            self._say(str(error))
        elif error is not None:
            log.error("discord gateway broken", error=type(error).__name__)

    async def finish(self) -> None:
        """Let what is under way end, as long as anybody waits for it."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_FINISH_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _hold(self) -> None:
        """Run all shards until one of them ends. Raises `Closed`, `ChatError`."""
        starts = await read_starts(self._http)
        every_s = self._tempo.identify_every_s
        turns = Turns(self._pace, self._http.identity.application, starts, every_s=every_s)
        numbers, count = self._reach.shards or (range(starts.shards), starts.shards)
        url = self._reach.url or starts.url
        seats = [Seat(number, count, self._intents(), url) for number in numbers]
        self._shards = tuple(
            Shard(self._http, seat, turns, self._take, self._tempo) for seat in seats
        )
        try:
            async with asyncio.TaskGroup() as group:
                for shard in self._shards:
                    group.create_task(shard.keep())
        except BaseExceptionGroup as ended:
            raise ended.exceptions[0] from ended

    def _intents(self) -> discord.Intents:
        if not self.can_read:
            self._say_once(_CANNOT_READ)
        return discord.Intents(
            guilds=True, guild_messages=True, dm_messages=True, message_content=self.can_read
        )

    def _learn(self, code: int) -> None:
        """Do without what Discord does not allow, or say what is wrong."""
        if code == BAD_TOKEN:
            raise BadConfig(_NO_ACCESS)
        if code == NO_INTENTS and self.can_read:
            self._http.identity = replace(self._http.identity, can_read=False)
        elif code in {BAD_SHARD, TOO_FEW_SHARDS}:
            self._say_once(_SHARDS.format(code=code))
        else:
            self._say_once(_CLOSED.format(code=code))

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)

    def _take(self, event: str, found: tuple[object, ...]) -> None:
        """Give an event to its listener."""
        match event, found:
            case "interaction", (discord.Interaction() as interaction,):
                self._begin(self._listeners.on_interaction(interaction))
            case "message", (discord.Message() as message,):
                self._begin(self._listeners.on_message(message))
            case "guild_join", (discord.Guild() as guild,):
                self._begin(self._listeners.on_here([str(guild.id)]))
            case "guild_remove", (discord.Guild() as guild,):
                self._begin(self._listeners.on_left(str(guild.id)))
            case "ready", _:
                self._tell_of_guilds()
            case _ if self.is_ready:
                self.has_opened.set()
            case _:
                pass

    def _tell_of_guilds(self) -> None:
        """Tell of the servers that have us: a session begins with their names."""
        if self.is_ready:
            self.has_opened.set()
        here = [str(guild.id) for shard in self._shards for guild in shard.guilds]
        self._begin(self._listeners.on_here(here))

    def _begin(self, listening: Awaitable[None]) -> None:
        task = asyncio.create_task(_heard(listening))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _heard(listening: Awaitable[None]) -> None:
    try:
        await listening
    except Exception as error:  # noqa: BLE001 - a fault in one delivery is none of the next's
        log.error("discord delivery failed", error=type(error).__name__)  # noqa: TRY400 - no text

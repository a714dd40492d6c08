"""One shard's connection to the gateway, held for as long as anybody listens.

A client of discord.py's for each shard, on our own loop. Its `AutoShardedClient` gives a session
up at the first handshake that fails, and with it all that happened meanwhile; one event that it
cannot read ends every shard; and a shard that waits to connect again, for up to 17 minutes, holds
up the others. Its `Client` waits as long, and ends where the very first handshake fails:
https://github.com/Rapptz/discord.py/issues/10520
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Self

import discord
import structlog
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.state import ConnectionState

from adapters.discord.wire.backoff import Backoff
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.identify import EVERY_S, Turns
from bot.errors import ChatBusy

if TYPE_CHECKING:
    from yarl import URL

BAD_TOKEN, BAD_SHARD, TOO_FEW_SHARDS, BAD_INTENTS, NO_INTENTS = 4004, 4010, 4011, 4013, 4014
# More attempts change nothing: https://docs.discord.com/developers/topics/opcodes-and-status-codes
_IN_VAIN = frozenset({BAD_TOKEN, BAD_SHARD, TOO_FEW_SHARDS, 4012, BAD_INTENTS, NO_INTENTS})
# Discord keeps a session for some minutes; more attempts do not fit into that.
_MOST_RESUMES = 5
# The first ends the session, so that the bot is offline at once; after the second it can go on.
_LEAVING, _COMING_BACK = 1000, 4000
_GOODBYE_S = 1.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long a shard waits: after a first loss, in silence that means one, between sessions."""

    again_after_s: float = 1.0
    silence_s: float = 60.0
    identify_every_s: float = EVERY_S


@dataclass(frozen=True, slots=True)
class Seat:
    """Which shard of how many, what it hears of, and the address at which its sessions begin."""

    number: int
    count: int
    intents: discord.Intents
    url: str


@dataclass(frozen=True, slots=True)
class _Session:
    """What it takes to go on with a session where it was lost."""

    id: str
    sequence: int | None
    url: str


class Closed(Exception):  # noqa: N818 - it says what happened
    """Discord has closed the connection with a code that more attempts do not change."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Line(DiscordWebSocket):
    """A connection that ends if its session does not begin; else its heart would go on beating."""

    async def identify(self) -> None:
        try:
            await super().identify()
        except BaseException:
            await self.hang_up(_COMING_BACK)
            raise

    def session(self) -> _Session | None:
        """Return what goes on after this connection."""
        if self.session_id is None:
            return None
        return _Session(self.session_id, self.sequence, str(self.gateway))

    async def hang_up(self, code: int) -> None:
        """Close the connection, without waiting long for the other side to do so."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_GOODBYE_S):
                await self.close(code)


class Shard(discord.Client):
    """Holds a shard's connection and hands on what comes, under discord.py's names for it."""

    def __init__(
        self,
        http: DiscordHttp,
        seat: Seat,
        turns: Turns,
        hand_on: Callable[[str, tuple[object, ...]], None],
        tempo: Tempo,
    ) -> None:
        self._shared = http.library
        self._seat = seat
        self._turns = turns
        self._hand_on = hand_on
        self._backoff = Backoff(tempo.again_after_s)
        self._connected_at: float | None = None
        super().__init__(
            intents=seat.intents,
            shard_id=seat.number,
            shard_count=seat.count,
            heartbeat_timeout=tempo.silence_s,
            guild_ready_timeout=0.0,
            # Guilds, channels and roles are all that rights are computed from.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )

    @property
    def is_connected(self) -> bool:
        """Its session goes on."""
        return self._connected_at is not None

    async def keep(self) -> None:
        """Hold the connection until cancelled. Raises `Closed`."""
        await self._async_setup_hook()
        session = None
        while True:
            try:
                session = await self._hold(session)
            except ChatBusy as busy:
                await asyncio.sleep(busy.retry_after_s)
                continue
            if self._backoff.losses > _MOST_RESUMES:
                session = None
            # A session goes on at once, unless that was tried just now.
            if session is None or self._backoff.losses > 1:
                await asyncio.sleep(self._backoff.pause_s())

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for this shard's turn, in place of discord.py's 5 s."""
        await self._turns.take(self._seat.number)

    def dispatch(self, event: str, /, *args: object, **_options: object) -> None:
        """Hand an event on; discord.py would start a task that nobody owns."""
        if event in {"connect", "resumed"}:
            self._connected_at = self.loop.time()
        self._hand_on(event, args)

    async def _hold(self, session: _Session | None) -> _Session | None:
        """Hold one connection until it is lost, and return the session that can go on.

        Raises `ChatBusy` if its turn to begin one is far away, and `Closed`.
        """
        line: _Line | None = None
        try:
            with _translated(self._seat.number):
                line = await self._opened(session)
                await self._listen(line)
        except _Lost as lost:
            now_s, since_s = self.loop.time(), self._connected_at
            self._backoff.lost(0.0 if since_s is None else now_s - since_s)
            if line is not None:
                await line.hang_up(_COMING_BACK)
                # What Discord has not greeted is no session yet.
                session = line.session() if self.is_connected or session else None
            return session if lost.can_go_on else None
        finally:
            self._connected_at = None
            if line is not None:
                await line.hang_up(_LEAVING)

    async def _opened(self, session: _Session | None) -> _Line:
        url = self._seat.url if session is None else session.url
        return await _Line.from_client(
            self,
            gateway=_address(url),
            shard_id=self._seat.number,
            session=None if session is None else session.id,
            sequence=None if session is None else session.sequence,
            resume=session is not None,
        )

    async def _listen(self, line: _Line) -> NoReturn:
        """Take what comes; an event that cannot be read is passed over."""
        while True:
            before = line.sequence
            try:
                await line.poll_event()
            except (ReconnectWebSocket, discord.ConnectionClosed):
                raise
            except Exception as error:
                if line.sequence == before or not self.is_connected:
                    raise
                log.warning("discord event not read", error=type(error).__name__)

    def _get_state(self, **options: object) -> ConnectionState[Self]:
        # One login and one pool of connections for all shards.
        self.http = self._shared
        return super()._get_state(**options)


class _Lost(Exception):  # noqa: N818 - it says what happened
    """The connection is no more."""

    def __init__(self, *, can_go_on: bool) -> None:
        super().__init__(can_go_on)
        self.can_go_on = can_go_on


@contextmanager
def _translated(shard: int) -> Generator[None]:
    try:
        yield
    except ReconnectWebSocket as error:
        log.info("discord gateway left", shard=shard, resume=error.resume)
        raise _Lost(can_go_on=error.resume) from error
    except discord.ConnectionClosed as error:
        if error.code in _IN_VAIN:
            raise Closed(error.code) from error
        raise _Lost(can_go_on=True) from error
    except ChatBusy:
        raise
    except Exception as error:
        log.warning("discord gateway lost", shard=shard, error=type(error).__name__)
        raise _Lost(can_go_on=True) from error


def _address(url: str) -> URL:
    return type(DiscordWebSocket.DEFAULT_GATEWAY)(url)

"""Discord, put together: access, pace and chat, and then the ways in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from starlette.routing import Route

from adapters.console.requests import Role
from adapters.discord.caller import PLATFORM
from adapters.discord.chat import DiscordChat
from adapters.discord.deliveries import Deliveries
from adapters.discord.desk import DiscordDesk
from adapters.discord.membership import Membership
from adapters.discord.rooms import DiscordRooms
from adapters.discord.setup.commands import sync
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.gateway import Gateway, Listeners, Reach, open_gateway
from adapters.discord.wire.http import DiscordHttp, open_http
from bot.config import DiscordAccess, Settings
from bot.errors import BadConfig, ChatError
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.workspaces.feedback import SqlFeedback
from bot.storage.workspaces.pace import SqlPace
from bot.storage.workspaces.pins import SqlPins
from bot.storage.workspaces.tickets import SqlTickets
from bot.team.asking import Asking
from bot.work.worker import Platform

_RETRY_EVERY_S = 5.0
_NOT_CONNECTED = "Not all shards are connected to Discord's gateway; it is tried again and again."
_REFUSED = (
    "Discord does not take DISCORD_TOKEN: copy the bot's token from the Developer Portal, under "
    "Bot, Reset Token."
)
_NO_COMMANDS = "Discord did not take the bot's commands; the next start tries again. {}"


@dataclass(frozen=True, slots=True)
class Discord:
    """Implements `bot.composition.platforms.Opened`."""

    settings: Settings
    access: DiscordAccess
    database: Database
    http: DiscordHttp
    api: DiscordApi
    chat: DiscordChat
    say: Callable[[str], None]
    gateways: list[Gateway] = field(default_factory=list[Gateway])
    name = PLATFORM
    ways = frozenset({Role.GATEWAY})

    @property
    def platform(self) -> Platform:
        """What deliberations need."""
        return Platform(self.chat, self.chat)

    @property
    def rooms(self) -> DiscordRooms:
        """What schedules need."""
        return DiscordRooms(self.api)

    @property
    def described(self) -> str:
        """Where and how the bot listens."""
        shards = self.access.shards
        if shards is None:
            return f"Discord: {self.http.identity.name}, all shards."
        numbers, count = shards
        return f"Discord: {self.http.identity.name}, shards {numbers[0]}-{numbers[-1]} of {count}."

    @property
    def fault(self) -> str | None:
        """What keeps deliveries away, None if nothing is known to."""
        return None if all(gateway.is_ready for gateway in self.gateways) else _NOT_CONNECTED

    @asynccontextmanager
    async def listening(
        self, asking: Asking, roles: Collection[Role]
    ) -> AsyncGenerator[list[Route]]:
        """Take deliveries while the context is open; there is no address to serve.

        Raises `BadConfig`.
        """
        if not self.ways.intersection(roles):
            yield []
            return
        desk = self._desk(asking)
        deliveries = Deliveries(desk)
        membership = Membership(asking.team.archive)
        listeners = Listeners(
            deliveries.on_interaction, deliveries.on_message, membership.here, membership.left
        )
        reach = Reach(self.access.gateway_url, self.access.shards)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(desk.errands)
            await self._bring_commands()
            gateway = open_gateway(
                self.http, SqlPace(self.database), listeners, self.say, reach=reach
            )
            self.gateways.append(await stack.enter_async_context(gateway))
            stack.callback(self.gateways.clear)
            yield []

    def _desk(self, asking: Asking) -> DiscordDesk:
        return DiscordDesk(
            app=asking.app,
            api=self.api,
            rooms=self.rooms,
            discussion=self.settings.file.discord.discussion,
            outbox=SqlOutbox(self.database),
            feedback=SqlFeedback(self.database),
            tickets=SqlTickets(self.database),
            asking=asking,
        )

    async def _bring_commands(self) -> None:
        """Bring Discord's list of our commands up to date; the old ones do meanwhile."""
        try:
            await sync(
                self.api,
                self.http.identity.application,
                question_chars=self.settings.file.limits.question_chars,
            )
        except ChatError as error:
            self.say(_NO_COMMANDS.format(error))


@asynccontextmanager
async def open_discord(
    settings: Settings, access: DiscordAccess, database: Database, say: Callable[[str], None]
) -> AsyncGenerator[Discord]:
    """Open what the council writes to; `say` tells the operator what it waits for.

    Raises `BadConfig` for a token that Discord does not take.
    """
    async with AsyncExitStack() as stack:
        http = await _logged_in(stack, access, say)
        api = DiscordApi(http, SqlPace(database))
        chat = DiscordChat(api, SqlPins(database), most_pins=settings.file.discord.pins)
        yield Discord(settings, access, database, http, api, chat, say)


async def _logged_in(
    stack: AsyncExitStack, access: DiscordAccess, say: Callable[[str], None]
) -> DiscordHttp:
    """Log in as soon as Discord answers."""
    while True:
        try:
            return await stack.enter_async_context(open_http(access.token, access.api_url))
        except Refused as refused:
            raise BadConfig(_REFUSED) from refused
        except ChatError as error:
            say(f"{error} Trying again: {access.api_url}")
            await asyncio.sleep(_RETRY_EVERY_S)

"""Slack, put together: access, pace and chat, and then the ways in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from starlette.routing import Route

from adapters.console.requests import Role
from adapters.slack.bolt import build
from adapters.slack.channels import Channels
from adapters.slack.chat import SlackChat
from adapters.slack.desk import SlackDesk
from adapters.slack.groups import Groups
from adapters.slack.people import People
from adapters.slack.rooms import SlackRooms
from adapters.slack.routes import events_route, oauth_routes
from adapters.slack.setup.installed import InstalledTokens
from adapters.slack.setup.oauth import flow
from adapters.slack.wire.access import Access, OneWorkspace, Tokens, examined
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import SlackHttp, open_http
from adapters.slack.wire.socket import open_socket
from bot.config import Settings, SlackAccess
from bot.domain import Tenant
from bot.errors import BadConfig, ChatError
from bot.ports import Archive, Installations
from bot.storage.database import Database
from bot.storage.outbox import SqlOutbox
from bot.storage.sealing import Seal, parse_keys
from bot.storage.workspaces.feedback import SqlFeedback
from bot.storage.workspaces.installations import SqlInstallations
from bot.storage.workspaces.pace import SqlPace
from bot.storage.workspaces.pins import SqlPins
from bot.storage.workspaces.tickets import SqlTickets
from bot.team.asking import Asking
from bot.work.worker import Platform

PLATFORM = "slack"

_RETRY_EVERY_S = 5.0
_NOT_CONNECTED = "No socket to Slack is open; it is tried again every second."


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """Implements `bot.composition.platforms.Opened`."""

    settings: Settings
    access: SlackAccess
    database: Database
    http: SlackHttp
    tokens: Tokens
    api: SlackApi
    people: People
    groups: Groups
    channels: Channels
    chat: SlackChat
    installations: Installations | None
    sockets: list[Callable[[], bool]] = field(default_factory=list[Callable[[], bool]])

    name = PLATFORM

    @property
    def platform(self) -> Platform:
        """What deliberations need."""
        return Platform(self.chat, self.chat)

    @property
    def rooms(self) -> SlackRooms:
        """What schedules need."""
        return SlackRooms(self.api, self.people, self.groups, self.channels)

    @property
    def described(self) -> str:
        """Where and how the bot listens."""
        way = "Socket Mode" if self.access.has_socket else "HTTP"
        match self.tokens:
            case OneWorkspace(access=Access(name=name)):
                return f"Slack: {name}, by {way}."
            case _:
                return f"Slack: every workspace that installs the bot, by {way}."

    @property
    def ways(self) -> frozenset[Role]:
        """The roles by which it takes deliveries; installing is by HTTP."""
        is_by_http = not self.access.has_socket or self.installations is not None
        ways = {Role.GATEWAY: self.access.has_socket, Role.WEB: is_by_http}
        return frozenset(role for role, is_one in ways.items() if is_one)

    @property
    def fault(self) -> str | None:
        """What keeps deliveries away, None if nothing is known to."""
        return None if all(is_connected() for is_connected in self.sockets) else _NOT_CONNECTED

    @asynccontextmanager
    async def listening(
        self, asking: Asking, roles: Collection[Role]
    ) -> AsyncGenerator[list[Route]]:
        """Take deliveries while the context is open: by a socket, or by the yielded routes.

        Raises `BadConfig`.
        """
        if not self.ways.intersection(roles):
            yield []
            return
        access, tickets, archive = self.access, SqlTickets(self.database), asking.team.archive
        desk = self._desk(asking, tickets)
        secret, leave = access.signing_secret, partial(self._leave, archive)
        bolt = build(desk, self.tokens, self.http, signing_secret=secret, on_removal=leave)
        routes = [] if access.has_socket else [events_route(bolt)]
        if self.installations is not None:
            installing = flow(
                self.http,
                self.installations,
                tickets,
                client_id=access.client_id or "",
                client_secret=access.client_secret,
                on_return=partial(_come_back, archive),
            )
            routes += oauth_routes(installing)
        if isinstance(self.tokens, OneWorkspace):
            await _come_back(archive, self.tokens.access.workspace)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(desk.errands)
            if access.app_token is not None and Role.GATEWAY in roles:
                socket = open_socket(bolt, self.http, access.app_token)
                self.sockets.append(await stack.enter_async_context(socket))
                stack.callback(self.sockets.clear)
            yield routes if Role.WEB in roles else []

    async def _leave(self, archive: Archive, workspace: str) -> None:
        await archive.leave(Tenant(PLATFORM, workspace))
        if isinstance(self.tokens, InstalledTokens):
            await self.tokens.remove(workspace)

    def _desk(self, asking: Asking, tickets: SqlTickets) -> SlackDesk:
        return SlackDesk(
            app=asking.app,
            api=self.api,
            people=self.people,
            groups=self.groups,
            channels=self.channels,
            rooms=self.rooms,
            discussion=self.settings.file.slack.discussion,
            outbox=SqlOutbox(self.database),
            feedback=SqlFeedback(self.database),
            tickets=tickets,
            asking=asking,
        )


@asynccontextmanager
async def open_slack(
    settings: Settings, access: SlackAccess, database: Database, say: Callable[[str], None]
) -> AsyncGenerator[Slack]:
    """Open what the council writes to; `say` tells the operator what it waits for.

    Raises `BadConfig` for a token that Slack does not take.
    """
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http(access.api_url))
        installations = _installations(settings, access, database)
        if installations is None:
            tokens: Tokens = OneWorkspace(await _examined(http, access, say))
        else:
            await installations.reseal(PLATFORM)
            tokens = InstalledTokens(
                installations,
                http,
                client_id=access.client_id or "",
                client_secret=access.client_secret,
            )
            await stack.enter_async_context(tokens.kept_fresh())
        api = SlackApi(http, tokens, SqlPace(database), is_distributed=access.has_many_workspaces)
        people, table = People(api), settings.file.slack
        chat = SlackChat(
            api,
            people,
            SqlPins(database),
            most_pins=table.pins,
            is_broadcasting=table.broadcast,
        )
        yield Slack(
            settings=settings,
            access=access,
            database=database,
            http=http,
            tokens=tokens,
            api=api,
            people=people,
            groups=Groups(api, people),
            channels=Channels(api, may_answer_shared=table.shared_channels),
            chat=chat,
            installations=installations,
        )


async def _come_back(archive: Archive, workspace: str) -> None:
    await archive.come_back(Tenant(PLATFORM, workspace))


def _installations(
    settings: Settings, access: SlackAccess, database: Database
) -> SqlInstallations | None:
    if not access.has_many_workspaces:
        return None
    return SqlInstallations(database, Seal(parse_keys(settings.secret_key or "")))


async def _examined(http: SlackHttp, access: SlackAccess, say: Callable[[str], None]) -> Access:
    """Return what the bot token gives access to, as soon as Slack says so."""
    while True:
        try:
            return await examined(http, access.bot_token or "")
        except Refused as refused:
            message = (
                f"Slack does not take SLACK_BOT_TOKEN ({refused.code}): copy the Bot User OAuth "
                "Token (xoxb-…) from OAuth & Permissions, or install the app again."
            )
            raise BadConfig(message) from refused
        except ChatError as error:
            say(f"{error} Trying again: {access.api_url}")
            await asyncio.sleep(_RETRY_EVERY_S)

"""Slack, put together: access, pace and chat, and then the ways in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.routing import Route

from adapters.slack.bolt import build
from adapters.slack.channels import Channels
from adapters.slack.chat import SlackChat
from adapters.slack.desk import SlackDesk
from adapters.slack.people import People
from adapters.slack.routes import events_route, oauth_routes
from adapters.slack.setup.installed import InstalledTokens
from adapters.slack.setup.oauth import flow
from adapters.slack.wire.access import Access, OneWorkspace, Tokens, examined
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import SlackHttp, open_http
from adapters.slack.wire.socket import open_socket
from bot.app import App
from bot.config import Settings, SlackAccess
from bot.domain import Council
from bot.errors import BadConfig, ChatError
from bot.ports import Installations
from bot.storage.database import Database
from bot.storage.feedback import SqlFeedback
from bot.storage.installations import SqlInstallations
from bot.storage.outbox import SqlOutbox
from bot.storage.pace import SqlPace
from bot.storage.pins import SqlPins
from bot.storage.sealing import Seal, parse_keys
from bot.storage.tickets import SqlTickets

PLATFORM = "slack"

_RETRY_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Slack:
    """Slack as far as it stands before there is a council to listen for."""

    access: SlackAccess
    database: Database
    http: SlackHttp
    tokens: Tokens
    api: SlackApi
    people: People
    chat: SlackChat
    installations: Installations | None


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
        yield Slack(access, database, http, tokens, api, people, chat, installations)


@asynccontextmanager
async def listening(
    slack: Slack, settings: Settings, app: App, council: Council
) -> AsyncGenerator[list[Route]]:
    """Take deliveries while the context is open: by a socket, or by the routes that are yielded.

    Raises `BadConfig`.
    """
    access, tickets = slack.access, SqlTickets(slack.database)
    desk = SlackDesk(
        app=app,
        api=slack.api,
        people=slack.people,
        channels=Channels(slack.api, may_answer_shared=settings.file.slack.shared_channels),
        outbox=SqlOutbox(slack.database),
        feedback=SqlFeedback(slack.database),
        tickets=tickets,
        council=council,
    )

    async def forget(workspace: str) -> None:
        if isinstance(slack.tokens, InstalledTokens):
            await slack.tokens.remove(workspace)

    bolt = build(
        desk,
        slack.tokens,
        slack.http,
        signing_secret=access.signing_secret,
        on_removal=forget,
    )
    routes = [] if access.has_socket else [events_route(bolt)]
    if slack.installations is not None:
        installing = flow(
            slack.http,
            slack.installations,
            tickets,
            client_id=access.client_id or "",
            client_secret=access.client_secret,
        )
        routes += oauth_routes(installing)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(desk.errands)
        if access.app_token is not None:
            await stack.enter_async_context(open_socket(bolt, slack.http, access.app_token))
        yield routes


def described(slack: Slack) -> str:
    """Say where and how the bot listens."""
    way = "Socket Mode" if slack.access.has_socket else "HTTP"
    match slack.tokens:
        case OneWorkspace(access=Access(name=name)):
            return f"Slack: {name}, by {way}."
        case _:
            return f"Slack: every workspace that installs the bot, by {way}."


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

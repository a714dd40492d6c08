"""Socket Mode: Slack delivers over a connection that the bot opens, so it needs no address.

The SDK opens a lost connection again by itself; where it does not come back (python-slack-sdk
before 3.47 looped on a closed session), a new client takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from adapters.slack.failures import Refused
from adapters.slack.http import SlackHttp, silent_logger
from bot.errors import BadConfig, ChatError

_PING_EVERY_S = 5.0
_LOOK_EVERY_S = 2.0
_PATIENCE_S = 30.0
_PAUSE_S = 2.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@asynccontextmanager
async def open_socket(app: AsyncApp, http: SlackHttp, app_token: str) -> AsyncGenerator[None]:
    """Take deliveries while the context is open. Raises `BadConfig` for a token that is none."""
    await check_app_token(http, app_token)
    connected = asyncio.Event()
    keeper = asyncio.create_task(_keep(app, http, app_token, connected))
    try:
        await asyncio.wait(
            {keeper, asyncio.ensure_future(connected.wait())},
            timeout=_PATIENCE_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        yield
    finally:
        keeper.cancel()
        await asyncio.wait({keeper})


async def check_app_token(http: SlackHttp, app_token: str) -> None:
    """Raise `BadConfig` if Slack opens no socket for this token; its being busy is no fault."""
    try:
        await http.call("apps.connections.open", app_token, {})
    except Refused as refused:
        message = (
            "Slack opens no socket for SLACK_APP_TOKEN: take the app-level token (xapp-…) with the "
            "scope connections:write, from Basic Information, and turn Socket Mode on."
        )
        raise BadConfig(message) from refused
    except ChatError:
        log.warning("slack does not answer yet")


async def _keep(app: AsyncApp, http: SlackHttp, app_token: str, connected: asyncio.Event) -> None:
    while True:
        handler = AsyncSocketModeHandler(
            app,
            app_token,
            logger=silent_logger("slack.socket"),
            web_client=http.client,
            ping_interval=_PING_EVERY_S,
        )
        connecting = asyncio.create_task(handler.connect_async())
        try:
            await asyncio.wait({connecting}, timeout=_PATIENCE_S)
            if await handler.client.is_connected():
                connected.set()
                await _until_lost(handler)
        finally:
            connecting.cancel()
            await handler.close_async()
        log.warning("slack socket lost")
        await asyncio.sleep(_PAUSE_S)


async def _until_lost(handler: AsyncSocketModeHandler) -> None:
    """Return when the connection has been away for longer than the SDK needs to open it again."""
    clock = asyncio.get_running_loop().time
    seen_at = clock()
    while clock() - seen_at < _PATIENCE_S:
        await asyncio.sleep(_LOOK_EVERY_S)
        if await handler.client.is_connected():
            seen_at = clock()

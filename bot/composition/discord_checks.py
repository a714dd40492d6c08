"""What `council doctor` looks at in Discord."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.console.checkup import Check, failing
from adapters.discord.setup.checkup import (
    check_gateway,
    check_reading,
    check_servers,
    check_token,
    examining,
)
from adapters.discord.wire.http import DiscordHttp
from bot.config import DiscordAccess, Settings
from bot.errors import BadConfig

PLATFORM = "discord"


def discord_checks(settings: Settings) -> list[Check]:
    """Return the checks of Discord, none if nothing of it is set."""
    try:
        access = settings.discord()
    except BadConfig as error:
        return [failing(PLATFORM, error)]
    if access is None:
        return []

    async def token(http: DiscordHttp) -> str:
        return check_token(http)

    async def reading(http: DiscordHttp) -> str:
        return check_reading(http)

    async def gateway(http: DiscordHttp) -> str:
        return await check_gateway(http, url=access.gateway_url, shards=access.shards)

    return [
        Check("discord token", _with_http(access, token)),
        Check("discord message content", _with_http(access, reading)),
        Check("discord servers", _with_http(access, check_servers)),
        Check("discord gateway", _with_http(access, gateway)),
    ]


def _with_http(
    access: DiscordAccess, look: Callable[[DiscordHttp], Awaitable[str]]
) -> Callable[[], Awaitable[str]]:
    async def examine() -> str:
        async with examining(access.token, access.api_url) as http:
            return await look(http)

    return examine

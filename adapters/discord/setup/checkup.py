"""What `council doctor` looks at in Discord; each finding says what to mend."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import discord

from adapters.discord.setup.rights import missing_in_server
from adapters.discord.wire.failures import UNAUTHORIZED, Refused
from adapters.discord.wire.http import DiscordHttp, Json, open_http
from adapters.discord.wire.identify import Starts, read_starts
from bot.errors import BadConfig, ChatError

_MOST_SERVERS = 200  # Discord's longest page
_MOST_NAMED = 10

_NO_ACCESS = (
    "Discord does not take DISCORD_TOKEN: choose Reset Token in the Developer Portal, under Bot, "
    "and set what it shows."
)
_CANNOT_READ = (
    "not allowed, so a question comes without the discussion around it; mentions and /council work "
    "all the same. To change that, turn on Message Content Intent in the Developer Portal, under "
    "Bot."
)
_NO_SERVER = "in none yet; open the link that `council discord invite` prints"
_MISSING = (
    "missing rights: {servers}. Give them to the bot's role, or open the link that `council "
    "discord invite` prints again."
)
_NO_STARTS = (
    "all {total} sessions of these 24 hours are used up, so the bot cannot connect; look whether "
    "something starts it again and again."
)
_TOO_FEW_SHARDS = (
    "COUNCIL_DISCORD_SHARDS says {count} shards, and Discord recommends {recommended}; with too "
    "few it lets none connect."
)


@asynccontextmanager
async def examining(token: str, api_url: str) -> AsyncGenerator[DiscordHttp]:
    """Log in to look around. Raises `BadConfig` also where Discord does not answer."""
    try:
        async with open_http(token, api_url) as http:
            yield http
    except Refused as refused:
        if refused.status == UNAUTHORIZED:
            raise BadConfig(_NO_ACCESS) from refused
        raise BadConfig(str(refused)) from refused
    except ChatError as error:
        message = f"{error} Try again in a moment."
        raise BadConfig(message) from error


def check_token(http: DiscordHttp) -> str:
    """Say whom the token belongs to."""
    return f"{http.identity.name}, application {http.identity.application}"


def check_reading(http: DiscordHttp) -> str:
    """Say whether the bot may read what does not mention it; it works without."""
    return "allowed" if http.identity.can_read else _CANNOT_READ


async def check_servers(http: DiscordHttp) -> str:
    """Say that all rights are there. Raises `BadConfig` naming where which are missing."""
    page = {"limit": str(_MOST_SERVERS)}
    servers: list[Json] = await http.call("GET", "/users/@me/guilds", {}, params=page)
    if not servers:
        return _NO_SERVER
    lacking = [(str(server["name"]), _lacking(server)) for server in servers]
    faults = [f"{name} ({', '.join(rights)})" for name, rights in lacking if rights]
    if faults:
        raise BadConfig(_MISSING.format(servers=_listed(faults)))
    names = _listed(name for name, _ in lacking)
    return f"all rights are there in {names}"


async def check_gateway(
    http: DiscordHttp, *, url: str | None, shards: tuple[range, int] | None
) -> str:
    """Say that the gateway greets and sessions may begin. Raises `BadConfig`."""
    starts = await read_starts(http)
    if starts.remaining <= 0:
        raise BadConfig(_NO_STARTS.format(total=starts.total))
    if shards is not None and shards[1] < starts.shards:
        message = _TOO_FEW_SHARDS.format(count=shards[1], recommended=starts.shards)
        raise BadConfig(message)
    await http.knock(url or starts.url)
    return _described(starts)


def _described(starts: Starts) -> str:
    left = f"{starts.remaining} of {starts.total} sessions left today"
    return f"reached, {left}, recommended shards: {starts.shards}"


def _lacking(server: Json) -> list[str]:
    return missing_in_server(discord.Permissions(int(server["permissions"])))


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _MOST_NAMED
    shown = ", ".join(listed[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown

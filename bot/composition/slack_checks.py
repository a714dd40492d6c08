"""What `council doctor` looks at in Slack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.console.checkup import Check, failing
from adapters.slack.setup.checkup import check_scopes, check_signing_secret, check_token
from adapters.slack.setup.installed import BOT_TOKEN
from adapters.slack.wire.http import SlackHttp, open_http
from adapters.slack.wire.socket import check_app_token
from bot.config import Settings, SlackAccess
from bot.errors import BadConfig
from bot.storage.database import open_database
from bot.storage.sealing import Seal, parse_keys
from bot.storage.workspaces.installations import SqlInstallations

PLATFORM = "slack"

_MOST_TRIED = 20  # workspaces: each costs a call


def slack_checks(settings: Settings) -> list[Check]:
    """Return the checks of Slack, none if nothing of it is set."""
    try:
        access = settings.slack()
    except BadConfig as error:
        return [failing(PLATFORM, error)]
    if access is None:
        return []
    checks: list[Check] = []
    if access.bot_token is not None:
        token = access.bot_token
        checks += [
            Check("slack token", _with_http(access, lambda http: check_token(http, token))),
            Check("slack rights", _with_http(access, lambda http: check_scopes(http, token))),
        ]
    else:
        checks.append(Check("slack workspaces", lambda: _workspaces(settings, access)))
    if access.app_token is not None:
        app_token = access.app_token
        checks.append(
            Check("slack socket", _with_http(access, lambda http: _socket(http, app_token)))
        )
    else:
        checks.append(Check("slack signing secret", lambda: _signing(access)))
    return checks


def _with_http(
    access: SlackAccess, look: Callable[[SlackHttp], Awaitable[str]]
) -> Callable[[], Awaitable[str]]:
    async def examine() -> str:
        async with open_http(access.api_url) as http:
            return await look(http)

    return examine


async def _socket(http: SlackHttp, app_token: str) -> str:
    await check_app_token(http, app_token)
    return "Slack opens one"


async def _signing(access: SlackAccess) -> str:
    return check_signing_secret(access.signing_secret)


async def _workspaces(settings: Settings, access: SlackAccess) -> str:
    """Try the tokens of installed workspaces. Raises `BadConfig` naming those that are dead."""
    seal = Seal(parse_keys(settings.secret_key or ""))
    async with (
        open_database(settings.database_url) as database,
        open_http(access.api_url) as http,
    ):
        installed = await SqlInstallations(database, seal).all(PLATFORM)
        dead: list[str] = []
        for installation in installed[:_MOST_TRIED]:
            try:
                await check_token(http, installation.credentials[BOT_TOKEN])
            except BadConfig:
                dead.append(installation.name)
    if dead:
        message = f"Slack takes no token of {', '.join(dead)}; an admin there must install again."
        raise BadConfig(message)
    return f"{len(installed)} have installed the bot"

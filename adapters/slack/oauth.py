"""The way by which workspaces install the bot: Bolt's flow on our own tables."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.access import examined, workspace_of
from adapters.slack.caller import PLATFORM
from adapters.slack.http import SlackHttp, silent_logger
from adapters.slack.installed import BOT_TOKEN, REFRESH_TOKEN
from adapters.slack.manifest import SCOPES
from bot.errors import ChatError, StorageError
from bot.ports import Installation, Installations, Tickets

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"

_STATE = "slack state"
_STATE_S = 600
_AUTHORIZE_PATH = "/oauth/v2/authorize"


def flow(
    http: SlackHttp,
    installations: Installations,
    tickets: Tickets,
    *,
    client_id: str,
    client_secret: str,
) -> AsyncOAuthFlow:
    """Return the flow behind `/slack/install` and `/slack/oauth_redirect`."""
    logger = silent_logger("slack.oauth")
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=list(SCOPES),
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=authorize_url(http.client.base_url),
        installation_store=_Store(installations, http, logger),
        state_store=_States(tickets, logger),
        state_expiration_seconds=_STATE_S,
        logger=logger,
    )
    return AsyncOAuthFlow(client=http.client, logger=logger, settings=settings)


def authorize_url(api_url: str) -> str:
    """Return where people agree to an installation: on the host whose API is called."""
    parts = urlsplit(api_url)
    return urlunsplit((parts.scheme, parts.netloc, _AUTHORIZE_PATH, "", ""))


class _Store(AsyncInstallationStore):
    """Bolt's store of installations on ours; it only ever saves."""

    def __init__(
        self, installations: Installations, http: SlackHttp, logger: logging.Logger
    ) -> None:
        self._installations = installations
        self._http = http
        self._logger = logger

    @property
    def logger(self) -> logging.Logger:
        return self._logger

    async def async_save(self, installation: SlackInstallation) -> None:
        try:
            await self._installations.save(await self._ours(installation))
        except (StorageError, ChatError) as error:
            message = "The installation could not be stored."
            raise BoltError(message) from error

    async def _ours(self, installation: SlackInstallation) -> Installation:
        token = installation.bot_token or ""
        access = await examined(self._http, token)
        credentials = {BOT_TOKEN: token}
        if installation.bot_refresh_token:
            credentials[REFRESH_TOKEN] = installation.bot_refresh_token
        ends = installation.bot_token_expires_at
        return Installation(
            platform=PLATFORM,
            workspace=workspace_of(
                installation.enterprise_id,
                installation.team_id,
                is_org_wide=bool(installation.is_enterprise_install),
            ),
            name=installation.team_name or installation.enterprise_name or access.name,
            credentials=credentials,
            facts={"url": access.url, "bot_user": access.bot_user, "bot_id": access.bot_id},
            expires_at=None if not ends else datetime.fromtimestamp(ends, UTC),
        )


class _States(AsyncOAuthStateStore):
    """Bolt's store of states on our tickets: each is good for one installation."""

    def __init__(self, tickets: Tickets, logger: logging.Logger) -> None:
        self._tickets = tickets
        self._logger = logger

    @property
    def logger(self) -> logging.Logger:
        return self._logger

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        return await self._tickets.issue(_STATE, "", timedelta(seconds=_STATE_S))

    async def async_consume(self, state: str) -> bool:
        return await self._tickets.redeem(_STATE, state) is not None

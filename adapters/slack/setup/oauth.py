"""The way by which workspaces install the bot: to Slack with a state, back with a code.

A state is good for one installation, in the browser that asked for it.
https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from adapters.slack.caller import PLATFORM
from adapters.slack.setup.installed import BOT_TOKEN, granted
from adapters.slack.setup.manifest import INSTALL_PATH, SCOPES
from adapters.slack.wire.access import examined, workspace_of
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json, SlackHttp
from bot.errors import ChatError, StorageError
from bot.ports import Installation, Installations, Tickets

_STATE = "slack state"
_STATE_LIFETIME = timedelta(minutes=10)
_COOKIE = "council-install"
_COOKIE_PATH = "/slack"
_AUTHORIZE_PATH = "/oauth/v2/authorize"

_TITLE, _NO_TITLE = "Council is installed", "Council is not installed"
_DONE = "Invite it to a channel with /invite, then type /council help there."
_DENIED = "It was not allowed in Slack. Nothing was changed."
_STALE = "This page is no longer valid, or it was opened in another browser."
_REFUSED = "Slack did not accept the installation."
_AWAY = "This server cannot store anything right now."
_SILENT = "Slack did not answer."
# What the address of this page holds is nobody else's business, and nothing here is loaded.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",
}

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def flow(
    http: SlackHttp,
    installations: Installations,
    tickets: Tickets,
    *,
    client_id: str,
    client_secret: str,
    on_return: Callable[[str], Awaitable[None]],
) -> Flow:
    """Return the flow behind `/slack/install` and `/slack/oauth_redirect`.

    People agree on the host whose API is called. `on_return` is told the workspaces that have the
    bot, perhaps again.
    """
    asked = urlencode({"client_id": client_id, "scope": ",".join(sorted(SCOPES))})
    return Flow(
        http,
        installations,
        tickets,
        {"client_id": client_id, "client_secret": client_secret},
        on_return,
        f"{http.origin}{_AUTHORIZE_PATH}?{asked}",
    )


@dataclass(frozen=True, slots=True)
class Flow:
    """Answers both pages. `client` is how the app proves itself, `authorize_url` where to agree."""

    http: SlackHttp
    installations: Installations
    tickets: Tickets
    client: Json
    on_return: Callable[[str], Awaitable[None]]
    authorize_url: str

    async def install(self, _request: Request) -> Response:
        """Send the browser to Slack, with a state that it must bring back."""
        try:
            state = await self.tickets.issue(_STATE, "", _STATE_LIFETIME)
        except StorageError:
            return _page(503, _AWAY)
        url = f"{self.authorize_url}&{urlencode({'state': state})}"
        response = RedirectResponse(url, 302, headers=_HEADERS)
        response.set_cookie(
            _COOKIE,
            state,
            max_age=int(_STATE_LIFETIME.total_seconds()),
            path=_COOKIE_PATH,
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    async def redirect(self, request: Request) -> Response:
        """Install the bot in the workspace that has allowed it, and say how that went."""
        response = await self._answered(request)
        response.delete_cookie(
            _COOKIE, path=_COOKIE_PATH, secure=True, httponly=True, samesite="lax"
        )
        return response

    async def _answered(self, request: Request) -> Response:
        if "error" in request.query_params:
            return _page(200, _DENIED)
        try:
            if not await self._is_expected(request):
                return _page(400, _STALE)
            await self._install(request.query_params.get("code") or "")
        except StorageError:
            return _page(503, _AWAY)
        except Refused:
            return _page(400, _REFUSED)
        except ChatError:
            return _page(503, _SILENT)
        return _page(200, _DONE, title=_TITLE)

    async def _is_expected(self, request: Request) -> bool:
        """Say whether this browser began here; it has used up its state by then."""
        state = request.query_params.get("state")
        if not state or state != request.cookies.get(_COOKIE):
            return False
        return await self.tickets.redeem(_STATE, state) is not None

    async def _install(self, code: str) -> None:
        answer = await self.http.exchange({**self.client, "code": code})
        credentials, expires_at = granted(answer)
        access = await examined(self.http, credentials[BOT_TOKEN])
        team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
        is_org_wide = bool(answer.get("is_enterprise_install"))
        installation = Installation(
            platform=PLATFORM,
            workspace=workspace_of(enterprise.get("id"), team.get("id"), is_org_wide=is_org_wide),
            name=team.get("name") or enterprise.get("name") or access.name,
            credentials=credentials,
            facts={"url": access.url, "bot_user": access.bot_user, "bot_id": access.bot_id},
            expires_at=expires_at,
        )
        await self.on_return(installation.workspace)
        await self.installations.save(installation)
        log.info("slack workspace installed", workspace=installation.workspace)


def _page(status: int, sentence: str, *, title: str = _NO_TITLE) -> Response:
    """Return a page of our own words only."""
    again = f'<p><a href="{INSTALL_PATH}">Try again</a></p>' if title == _NO_TITLE else ""
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{sentence}</p>{again}</html>"
    )
    return HTMLResponse(html, status, headers=_HEADERS)

"""Installing the app: the page that asks a person, codes and rotating tokens (slack.md 1.10)."""

from __future__ import annotations

import html
import secrets
import time
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.records import Person, Token, Workspace
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.world import World

CODE_LIFETIME_S = 600


@dataclass(frozen=True, slots=True)
class Decision:
    """Who installs the app where, when the page asks next."""

    workspace: Workspace
    person: Person
    is_denied: bool = False
    is_org_wide: bool = False


@dataclass(frozen=True, slots=True)
class _Code:
    decision: Decision
    scopes: tuple[str, ...]
    redirect_uri: str | None
    expires_at_s: float


class OAuth:
    """The authorize page and `oauth.v2.access`."""

    def __init__(self, world: World) -> None:
        self.decision: Decision | None = None
        self._world = world
        self._codes: dict[str, _Code] = {}
        self._refreshes: dict[str, Token] = {}

    @property
    def methods(self) -> dict[str, Method]:
        return {"oauth.v2.access": Method(self._access, token=None)}

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Show the page with the button that installs the app."""
        query = request.query
        if query.get("client_id") != self._world.client_id:
            return _page("Invalid client_id parameter", status=400)
        if not query.get("scope"):
            return _page("No scopes requested", status=400)
        if not query.get("redirect_uri", self._world.redirect_url):
            return _page("redirect_uri did not match any configured URIs", status=400)
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        form = f'<form method="post" action="{request.path}">{fields}<button>Allow</button></form>'
        return _page(form)

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """Send the browser back to the app, with a code or with `access_denied`."""
        fields = {name: str(value) for name, value in (await request.post()).items()}
        target = fields.get("redirect_uri") or self._world.redirect_url or ""
        decision, answer = self.decision, {"state": fields.get("state", "")}
        if decision is None or decision.is_denied:
            answer |= {"error": "access_denied"}
        else:
            code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(24)}"
            scopes = tuple(fields["scope"].replace(" ", ",").split(","))
            expires_at_s = time.monotonic() + CODE_LIFETIME_S
            wanted = fields.get("redirect_uri") or None
            self._codes[code] = _Code(decision, scopes, wanted, expires_at_s)
            answer |= {"code": code}
        joint = "&" if "?" in target else "?"
        location = f"{target}{joint}{urlencode(answer)}"
        return web.Response(status=302, headers={"Location": location})

    def _access(self, asked: Asked) -> Json:
        self._check_client(asked)
        if asked.text("grant_type") == "refresh_token":
            return self._refresh(asked)
        code = self._codes.pop(asked.text("code") or "", None)
        if code is None or time.monotonic() > code.expires_at_s:
            refuse("invalid_code")
        if code.redirect_uri != asked.text("redirect_uri"):
            refuse("bad_redirect_uri")
        decision = code.decision
        workspace = decision.workspace
        token = self._world.install(workspace, code.scopes, is_org_wide=decision.is_org_wide)
        self._world.changed()
        return self._granted(token, workspace) | {"authed_user": {"id": decision.person.id}}

    def _check_client(self, asked: Asked) -> None:
        name, secret = asked.text("client_id"), asked.text("client_secret")
        scheme, _, basic = asked.authorization.partition(" ")
        if scheme == "Basic":
            name, _, secret = b64decode(basic).decode().partition(":")
        if name != self._world.client_id:
            refuse("invalid_client_id")
        if secret != self._world.client_secret:
            refuse("bad_client_secret")

    def _refresh(self, asked: Asked) -> Json:
        """Exchange a refresh token, once; the access token before lives on until it expires."""
        old = self._refreshes.pop(asked.text("refresh_token") or "", None)
        if old is None or old.trouble is not None or old.workspace is None:
            refuse("invalid_refresh_token")
        token = self._world.install(old.workspace, old.scopes, is_org_wide=old.is_org_wide)
        return self._granted(token, old.workspace)

    def _granted(self, token: Token, workspace: Workspace) -> Json:
        answer: Json = {
            "app_id": workspace.app_id,
            "access_token": token.value,
            "token_type": "bot",
            "scope": ",".join(token.scopes),
            "bot_user_id": workspace.bot_user_id,
            "team": {"id": workspace.team_id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": token.is_org_wide,
        }
        if workspace.enterprise_id is not None:
            answer["enterprise"] = {"id": workspace.enterprise_id, "name": "Enterprise"}
        if token.is_org_wide:
            answer["team"] = None
        return answer | self._rotation(token)

    def _rotation(self, token: Token) -> Json:
        if not self._world.rotates_tokens:
            return {}
        refresh = f"xoxe-1-{secrets.token_hex(24)}"
        self._refreshes[refresh] = token
        token.expires_at_s = time.monotonic() + self._world.token_lifetime_s
        return {"refresh_token": refresh, "expires_in": int(self._world.token_lifetime_s)}


def _page(body: str, *, status: int = 200) -> web.Response:
    return web.Response(
        status=status, text=f"<html><body>{body}</body></html>", content_type="text/html"
    )

"""The Web API's front: it records, throttles, checks and answers; the methods do the work."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Mapping

from aiohttp import web

from tests.fakes.shapes import Json, objects_in
from tests.fakes.slack.arguments import read_arguments
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.faults import HTML, Faults
from tests.fakes.slack.rates import Limits
from tests.fakes.slack.records import Call, Token
from tests.fakes.slack.refused import Refused, Unavailable, refuse
from tests.fakes.slack.validator import breaches_of, fault_of
from tests.fakes.slack.world import World


class Throttled(Exception):  # noqa: N818  it says what happened
    """The call must wait that many seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class WebApi:
    """Serves `/api/{method}`."""

    def __init__(
        self, world: World, limits: Limits, faults: Faults, methods: Mapping[str, Method]
    ) -> None:
        self._world = world
        self._limits = limits
        self._faults = faults
        self._methods = methods

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a call."""
        trouble: Refused | None = None
        try:
            arguments, token = await read_arguments(request)
        except Refused as refused:
            arguments, token, trouble = {}, "", refused
        call = Call(request.match_info["method"], time.monotonic(), token, arguments)
        self._world.calls.append(call)
        self._world.changed()
        authorization = request.headers.get("Authorization", "")

        async def work() -> web.Response:
            return self._answer(call, authorization, trouble)

        response = await self._faults.play(request, call, work)
        self._world.changed()
        return response

    def _answer(self, call: Call, authorization: str, trouble: Refused | None) -> web.Response:
        headers: dict[str, str] = {}
        call.status = 200
        try:
            document = self._run(call, authorization, headers, trouble)
        except Refused as refused:
            call.error = refused.error
            document = {"ok": False, "error": refused.error, **refused.fields}
        except Throttled as throttled:
            call.status, call.error = 429, "ratelimited"
            self._world.throttled.append(call)
            headers["Retry-After"] = str(max(1, math.ceil(throttled.wait_s)))
            document = {"ok": False, "error": "ratelimited"}
        except Unavailable:
            call.status, call.error = 503, "http 503"
            return web.Response(status=503, text=HTML, content_type="text/html")
        except Exception:  # noqa: BLE001  a bug of this server must fail the test, not look like Slack
            call.status, call.error = 500, "broken"
            self._world.violate(call.method, f"broken: {traceback.format_exc()}")
            return web.Response(status=500, text=HTML, content_type="text/html")
        return web.json_response(document, status=call.status, headers=headers)

    def _run(
        self, call: Call, authorization: str, headers: dict[str, str], trouble: Refused | None
    ) -> Json:
        if trouble is not None:
            raise trouble
        method = self._methods.get(call.method)
        if method is None or not self._limits.knows(call.method):
            code = "unknown_method" if method is None else "no_rate_limit"
            self._world.violate(call.method, f"{code}: this server does not know it")
            refuse("unknown_method", req_method=call.method)
        token = self._authenticate(call, method)
        headers["X-OAuth-Scopes"] = ",".join(token.scopes)
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
        self._throttle(call, token)
        asked = Asked(self._world, call.method, call.body, token, authorization)
        if method.scopes:
            asked.need_scope(*method.scopes)
        self._validate(call)
        return {"ok": True, **method.run(asked)}

    def _authenticate(self, call: Call, method: Method) -> Token:
        if method.token is None:
            return Token("", "app", None, ())
        if not call.token:
            refuse("not_authed")
        token = self._world.tokens.get(call.token)
        if token is None:
            refuse("invalid_auth")
        if token.error is not None:
            refuse(token.error)
        if token.kind != method.token:
            refuse("not_allowed_token_type")
        return token

    def _throttle(self, call: Call, token: Token) -> None:
        if not self._world.is_throttling:
            return
        channel = str(call.body.get("channel") or call.body.get("channel_id") or "")
        place = self._world.channels.get(channel)
        workspace = place.workspace if place is not None else token.workspace
        team = workspace.team_id if workspace is not None else self._world.app_id
        wait_s = self._limits.take(
            call.method, team, channel, is_distributed=self._world.is_distributed
        )
        if wait_s > 0:
            raise Throttled(wait_s)

    def _validate(self, call: Call) -> None:
        types = {item.get("type") for item in objects_in(call.body.get("blocks"))}
        if types & self._world.unsupported_blocks:
            refuse("invalid_blocks")
        if (fault := fault_of(call.method, call.body)) is not None:
            self._world.violate(call.method, fault)
            code, pointer, reason = fault.split(": ", 2)
            detail = f"[ERROR] {reason} [json-pointer:{pointer}]"
            refuse(code, errors=[detail], response_metadata={"messages": [detail]})
        for breach in breaches_of(call.method, call.body):
            self._world.violate(call.method, breach)

"""The REST API's front: it records, throttles, checks and answers; the routes do the work."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.discord.asked import Asked, Endpoint
from tests.fakes.discord.bodies import Body, check_sizes, read_body
from tests.fakes.discord.faults import HTML, VIA, Faults, json_response
from tests.fakes.discord.rates import Limits, Standing
from tests.fakes.discord.refused import UNAUTHORIZED, Refused, Unauthorized, errors_at, refuse
from tests.fakes.discord.router import Found, Router
from tests.fakes.discord.threads import Threads
from tests.fakes.discord.traffic import Call
from tests.fakes.discord.validator import breaches_of, fault_of
from tests.fakes.shapes import Json

INVALID = (401, 403, 429)


class Throttled(Exception):  # noqa: N818  it says what happened
    """The call came too early."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


@dataclass
class _Request:
    call: Call
    found: Found | None
    body: Body
    query: Mapping[str, str]
    authorization: str
    trouble: Refused | None
    headers: dict[str, str] = field(default_factory=lambda: dict(VIA))


class Rest:
    """Serves `/api/v10/…`."""

    def __init__(
        self, world: Threads, limits: Limits, faults: Faults, endpoints: Mapping[str, Endpoint]
    ) -> None:
        self._world = world
        self._limits = limits
        self._faults = faults
        self._endpoints = endpoints
        self._router = Router(endpoints)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a call."""
        path = "/" + request.match_info["path"]
        found = self._router.find(request.method, path)
        body, trouble = Body({}), None
        try:
            body = await read_body(request)
        except Refused as refused:
            trouble = refused
        route = found.route if found is not None else f"{request.method} {path}"
        call = Call(route, request.method, path, time.monotonic(), body.document)
        self._world.calls.append(call)
        self._world.changed()
        authorization = request.headers.get("Authorization", "")
        asked = _Request(call, found, body, request.query, authorization, trouble)

        async def work() -> web.Response:
            return self._answer(asked)

        response = await self._faults.play(request, call, work)
        if call.status in INVALID and not call.is_shared:
            self._world.note_invalid(call)
        self._world.changed()
        return response

    def _answer(self, request: _Request) -> web.Response:
        call = request.call
        try:
            status, document = self._run(request)
        except Refused as refused:
            status, document = refused.status, refused.document
            call.code = refused.code
        except Unauthorized:
            status, document, call.code = 401, UNAUTHORIZED, 0
        except Throttled as throttled:
            status = 429
            document = self._throttled(request, throttled.standing)
        except Exception:  # noqa: BLE001  a bug of this server must fail the test
            call.status = 500
            self._world.violate(call.route, f"broken: {traceback.format_exc()}")
            return web.Response(status=500, text=HTML, content_type="text/html")
        call.status = status
        if document is None:
            return web.Response(status=204, headers=request.headers)
        return json_response(document, status, request.headers)

    def _run(self, request: _Request) -> tuple[int, object]:
        call = request.call
        endpoint = self._endpoints.get(call.route)
        if request.found is None or endpoint is None:
            self._world.violate(call.route, "unknown_route: this server does not know it")
            refuse(0)
        if not self._limits.knows(call.route):
            self._world.violate(call.route, "no_rate_limit: this server does not know it")
            refuse(0)
        if not endpoint.is_public and request.authorization != f"Bot {self._world.token}":
            raise Unauthorized
        self._throttle(request, endpoint)
        if request.trouble is not None:
            self._world.violate(call.route, f"{request.trouble.code}: : unreadable body")
            raise request.trouble
        self._validate(request)
        asked = Asked(
            self._world,
            call.route,
            request.found.ids,
            request.query,
            call.body,
            request.body.uploads,
        )
        document = endpoint.run(asked)
        return (204 if document is None else endpoint.status), document

    def _throttle(self, request: _Request, endpoint: Endpoint) -> None:
        if not self._world.is_throttling:
            return
        if not endpoint.is_public:
            self._count(request, self._limits.take_overall(), is_global=True)
        route, major = request.call.route, self._major(request)
        standing = self._limits.take(route, major)
        if standing is not None:
            request.headers |= _headers_of(standing)
            self._count(request, standing)
        if route == "PATCH /channels/{id}" and {"name", "topic"} & set(request.call.body):
            self._count(request, self._limits.take_rename(major))

    def _count(self, request: _Request, standing: Standing, *, is_global: bool = False) -> None:
        if standing.wait_s > 0:
            if is_global:
                request.headers["X-RateLimit-Global"] = "true"
            raise Throttled(standing)

    def _major(self, request: _Request) -> str:
        ids = request.found.ids if request.found is not None else ()
        by = self._limits.rates[request.call.route].by
        if by == "token":
            return "/".join(ids[:2])
        first = ids[0] if ids else ""
        channel = self._world.channels.get(int(first)) if first.isdecimal() else None
        if by == "guild" and channel is not None and channel.guild is not None:
            return str(channel.guild.id)
        return first

    def _throttled(self, request: _Request, standing: Standing) -> Json:
        self._world.throttled.append(request.call)
        is_global = "X-RateLimit-Global" in request.headers
        request.headers["Retry-After"] = str(max(1, math.ceil(standing.wait_s)))
        request.headers["X-RateLimit-Scope"] = "global" if is_global else standing.scope
        message = "You are being rate limited."
        wait_s = round(standing.wait_s, 3)
        return {"message": message, "retry_after": wait_s, "global": is_global}

    def _validate(self, request: _Request) -> None:
        route, document = request.call.route, request.call.body
        fault = check_sizes(
            request.body,
            largest_file=self._world.largest_file,
            largest_request=self._world.largest_request,
        ) or fault_of(route, document, has_files=bool(request.body.uploads))
        if fault is not None:
            self._world.violate(route, fault)
            code, pointer, reason = fault.split(": ", 2)
            if code == "50035":
                refuse(int(code), errors=errors_at(pointer, reason))
            refuse(int(code))
        for breach in breaches_of(route, document):
            self._world.violate(route, breach)


def _headers_of(standing: Standing) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(standing.limit),
        "X-RateLimit-Remaining": str(standing.remaining),
        "X-RateLimit-Reset": f"{time.time() + standing.reset_after_s:.3f}",
        "X-RateLimit-Reset-After": f"{standing.reset_after_s:.3f}",
        "X-RateLimit-Bucket": standing.bucket,
    }

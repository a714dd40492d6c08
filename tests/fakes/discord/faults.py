"""What goes wrong between an app and Discord, on request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from tests.fakes.discord.refused import ERRORS
from tests.fakes.discord.traffic import Call
from tests.fakes.faults import Plan, Work
from tests.fakes.shapes import Json
from tests.fakes.tasks import Tasks

HTML = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>"
# discord.py takes a 429 without it for a ban by Cloudflare: discord.md 2.
VIA = {"Via": "1.1 google"}

Scope = Literal["user", "global", "shared"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A misbehaviour: whether and when the work is done, then how it is answered.

    Without `status` and `answer` the app gets the work's own answer, unless it `is_lost`.
    """

    name: str
    does_work: Literal["at once", "after the delay", "never"] = "never"
    delay_s: float = 0.0
    is_lost: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    answer: Json | None = None


def rate_limited(
    retry_after: float = 1.0, *, is_global: bool = False, scope: Scope = "user"
) -> Fault:
    """Answer 429 as Discord does; it does not count among `throttled`."""
    scope = "global" if is_global else scope
    headers = {**VIA, "Retry-After": str(max(1, round(retry_after)))}
    headers |= {"X-RateLimit-Scope": scope}
    headers |= {"X-RateLimit-Global": "true"} if is_global else {}
    message = "You are being rate limited."
    answer: Json = {"message": message, "retry_after": retry_after, "global": is_global}
    return Fault("rate_limited", status=429, headers=headers, answer=answer)


def cloudflare_ban(retry_after: int = 600) -> Fault:
    """Answer 429 with a page of HTML and without `Via`, as for a banned address."""
    headers = {"Retry-After": str(retry_after)}
    return Fault("cloudflare_ban", status=429, headers=headers)


def status(code: int) -> Fault:
    """Answer with a status and a page of HTML; nothing is done."""
    return Fault(f"status {code}", status=code, headers=VIA)


def lost_after_effect() -> Fault:
    """Do the work, then close the connection without an answer."""
    return Fault("lost_after_effect", "at once", is_lost=True)


def lost_before_effect() -> Fault:
    """Close the connection without an answer; nothing is done."""
    return Fault("lost_before_effect", is_lost=True)


def silence(seconds: float, *, does_work: bool = False) -> Fault:
    """Say nothing for that long.

    Either the work is done at once and its answer comes late, or nothing is done and a 504 comes.
    """
    if does_work:
        return Fault("silence", "at once", seconds)
    return Fault("silence", delay_s=seconds, status=504, headers=VIA)


def slow(seconds: float) -> Fault:
    """Do the work only after that long, even if the app has given up meanwhile, and answer."""
    return Fault("slow", "after the delay", seconds)


def error(code: int, *, status: int | None = None, **fields: object) -> Fault:
    """Answer with an error code of Discord's and its status; nothing is done."""
    known, message = ERRORS[code]
    answer: Json = {"message": message, "code": code, **fields}
    return Fault(str(code), status=status or known, headers=VIA, answer=answer)


async def _answer(fault: Fault, call: Call, work: Work) -> web.StreamResponse | None:
    answer = await work() if fault.does_work == "at once" else None
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.does_work == "after the delay":
        answer = await work()
    if fault.is_lost:
        call.status, call.code, call.is_lost = 0, None, True
        return None
    if fault.answer is None and fault.status is None:
        return answer
    call.status = fault.status or 200
    call.is_shared = fault.headers.get("X-RateLimit-Scope") == "shared"
    if fault.answer is None:
        return web.Response(
            status=call.status, text=HTML, content_type="text/html", headers=fault.headers
        )
    call.code = fault.answer.get("code")
    return json_response(fault.answer, call.status, fault.headers)


def json_response(document: object, status: int, headers: Mapping[str, str]) -> web.Response:
    """Answer with JSON.

    The content type is bare: with a charset in it discord.py leaves the body a string.
    """
    body = json.dumps(document).encode()
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


class Faults(Plan[Call, Fault]):
    """The faults to come. `POST /channels/{id}/messages` names a route.

    `gateway` is the opening of a gateway connection, `cdn` the fetching of an attachment.
    """

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks, lambda call: call.route, _answer)

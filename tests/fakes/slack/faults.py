"""What goes wrong between an app and Slack, on request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes.faults import Plan, Work
from tests.fakes.shapes import Json
from tests.fakes.slack.records import Call
from tests.fakes.tasks import Tasks

HTML = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>"


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


def rate_limited(retry_after: int = 3) -> Fault:
    """Answer 429; it does not count among `throttled`."""
    headers = {"Retry-After": str(retry_after)}
    answer = {"ok": False, "error": "ratelimited"}
    return Fault("rate_limited", status=429, headers=headers, answer=answer)


def status(code: int) -> Fault:
    """Answer with a status and a page of HTML; nothing is done."""
    return Fault(f"status {code}", status=code)


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
    return Fault("silence", delay_s=seconds, status=504)


def slow(seconds: float) -> Fault:
    """Do the work only after that long, even if the app has given up meanwhile, and answer."""
    return Fault("slow", "after the delay", seconds)


def error(code: str, **fields: Any) -> Fault:
    """Answer `ok: false` with an error code; nothing is done."""
    return Fault(code, status=200, answer={"ok": False, "error": code, **fields})


async def _answer(fault: Fault, call: Call, work: Work) -> web.StreamResponse | None:
    answer = await work() if fault.does_work == "at once" else None
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.does_work == "after the delay":
        answer = await work()
    if fault.is_lost:
        call.status, call.error = 0, "lost"
        return None
    if fault.answer is None and fault.status is None:
        return answer
    call.status = fault.status or 200
    call.error = fault.answer["error"] if fault.answer else f"http {call.status}"
    if fault.answer is None:
        return web.Response(status=call.status, text=HTML, content_type="text/html")
    return web.json_response(fault.answer, status=call.status, headers=fault.headers)


class Faults(Plan[Call, Fault]):
    """The faults to come; `response_url`, `files.upload` and `files.download` are planned, too."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks, lambda call: call.method, _answer)

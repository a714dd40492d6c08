"""What goes wrong between an app and Slack, on request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes.shapes import Json
from tests.fakes.slack.records import Call
from tests.fakes.tasks import Tasks

HTML = "<!doctype html><html><body><h1>Something went wrong</h1></body></html>"

Work = Callable[[], Awaitable[web.StreamResponse]]


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


@dataclass
class _Planned:
    method: str
    fault: Fault
    times: int | None
    skip: int
    when: Callable[[Json], bool]

    def matches(self, method: str, body: Json) -> bool:
        if self.times == 0 or self.method not in ("*", method) or not self.when(body):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


def _always(_: Json) -> bool:
    return True


class Faults:
    """The faults to come, the ones added first before others."""

    def __init__(self, tasks: Tasks) -> None:
        self._planned: list[_Planned] = []
        self._tasks = tasks

    def add(
        self,
        method: str,
        fault: Fault,
        *,
        times: int | None = 1,
        skip: int = 0,
        when: Callable[[Json], bool] = _always,
    ) -> None:
        """Let the next `times` calls of a method fail, None meaning all, after `skip` good ones.

        `*` means every method. `response_url`, `files.upload` and `files.download` name what is
        not a method of the Web API.
        """
        self._planned.append(_Planned(method, fault, times, skip, when))

    def clear(self) -> None:
        """Let nothing fail any more."""
        self._planned.clear()

    async def play(self, request: web.Request, call: Call, work: Work) -> web.StreamResponse:
        """Do the work, with the first fault that is planned for it."""
        planned = (plan for plan in self._planned if plan.matches(call.method, call.body))
        fault = next(planned, None)
        if fault is None:
            return await work()
        # The effect must not depend on whether the app still waits for the answer.
        task = self._tasks.start(_answer(fault.fault, call, work))
        response = await asyncio.shield(task)
        if response is not None:
            return response
        if request.transport is not None:
            request.transport.close()
        return web.Response()


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

"""A plan of what goes wrong between an app and a platform, the same for every fake platform."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiohttp import web

from tests.fakes.tasks import Tasks

Work = Callable[[], Awaitable[web.StreamResponse]]
CallT = TypeVar("CallT")
FaultT = TypeVar("FaultT")


@dataclass
class _Planned(Generic[CallT, FaultT]):
    name: str
    fault: FaultT
    times: int | None
    skip: int
    when: Callable[[CallT], bool]
    then: Callable[[web.Request], None] | None

    def matches(self, name: str, call: CallT) -> bool:
        if self.times == 0 or self.name not in ("*", name) or not self.when(call):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Plan(Generic[CallT, FaultT]):
    """The faults to come, the ones added first before others.

    `name_of` is what a call is planned for by; `answer` plays a fault and returns what the app
    gets, None for a connection that breaks.
    """

    def __init__(
        self,
        tasks: Tasks,
        name_of: Callable[[CallT], str],
        answer: Callable[[FaultT, CallT, Work], Awaitable[web.StreamResponse | None]],
    ) -> None:
        self._planned: list[_Planned[CallT, FaultT]] = []
        self._tasks = tasks
        self._name_of = name_of
        self._answer = answer

    def add(
        self,
        name: str,
        fault: FaultT,
        *,
        times: int | None = 1,
        skip: int = 0,
        when: Callable[[CallT], bool] = lambda _: True,
        then: Callable[[web.Request], None] | None = None,
    ) -> None:
        """Let the next `times` calls of a name fail, None meaning all, after `skip` good ones.

        `*` means every name. `when` is given the call. `then` is called when the fault was played
        to its end and the answer, if there is one, has gone out.
        """
        self._planned.append(_Planned(name, fault, times, skip, when, then))

    def clear(self) -> None:
        """Let nothing fail any more."""
        self._planned.clear()

    async def play(self, request: web.Request, call: CallT, work: Work) -> web.StreamResponse:
        """Do the work, with the first fault that is planned for it."""
        name = self._name_of(call)
        planned = next((plan for plan in self._planned if plan.matches(name, call)), None)
        if planned is None:
            return await work()
        # The effect must not depend on whether the app still waits for the answer.
        task = self._tasks.start(self._played(planned.fault, call, work))
        response = await asyncio.shield(task)
        if planned.then is not None:
            if response is not None:
                await response.prepare(request)
                await response.write_eof()
            planned.then(request)
        if response is not None:
            return response
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    async def _played(self, fault: FaultT, call: CallT, work: Work) -> web.StreamResponse | None:
        return await self._answer(fault, call, work)

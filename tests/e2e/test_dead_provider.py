"""A provider that is dead is left alone: many councils cost it hardly a call each."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain import Council, Seat, State
from bot.llm.providers import Provider
from tests.e2e.stack import hold, open_app
from tests.fakes.model_server import ModelServer, Script

FIRST, COUNCILS = 10, 100
MEMBERS = ("Ada", "Ben", "Cy")
# What reliability.md allows of calls for each council, once the breaker has opened.
MOST_CALLS = 1.2


async def test_a_hundred_councils_cost_a_dead_provider_hardly_a_call_each(tmp_path: Path) -> None:
    async with ModelServer(default=Script(fault="500")) as server:
        providers = {"dead": Provider("dead", "openai", server.base_url)}
        seats = tuple(Seat(name, f"dead/{name}") for name in MEMBERS)
        council = Council(seats, Seat("Chair", "dead/chair"))
        async with open_app(tmp_path, providers) as app:
            ended = await asyncio.gather(*(hold(app, council) for _ in range(FIRST)))
            at_first = server.calls()
            ended += await asyncio.gather(*(hold(app, council) for _ in range(COUNCILS)))

        assert server.calls() - at_first <= MOST_CALLS * COUNCILS
    assert {one.state for one in ended} == {State.FAILED}
    assert all("None of the 3 members answered" in (one.reason or "") for one in ended)

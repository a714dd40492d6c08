"""How fast Slack's deliveries are acknowledged while a thousand deliberations wait."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.adapters.stage import SPEED
from tests.bench.acknowledged import Reply
from tests.bench.bare_handler import bare_handler
from tests.bench.databases import Databases
from tests.bench.processes import model_server
from tests.bench.service import configure, serving
from tests.bench.setups import Setup
from tests.bench.slack_ack import Town
from tests.bench.table import Row
from tests.fakes.slack.server import SlackServer

_SPREAD_S = 6.0
_AT_ONCE = 25
_CALM_S = 4.0
# What runs goes on running, so that the line stays as long as it is.
_LATENCY_S = 300.0
_DEADLINES = "[deadlines]\nsoft_min = 300\ncall = 600\ndeliberation = 900\n"


_P99_BAR_MS = 250.0


def acknowledging(setup: Setup, made: Databases, waiting: int, deliveries: int) -> Iterator[Row]:
    """Let deliberations wait, deliver meanwhile, and tell how long acknowledgements took."""
    bare_ms = asyncio.run(bare_p99_ms(deliveries))
    meanwhile_ms, asked_ms = asyncio.run(p99_ms(setup, made.new(), waiting, deliveries))
    what = f"acknowledgement p99, {waiting:,} queued"
    yield Row(what, setup.name, meanwhile_ms, "ms", _P99_BAR_MS, bare_ms)
    yield Row(f"  of the {waiting:,} questions, {_AT_ONCE} at once", setup.name, asked_ms, "ms")


async def p99_ms(setup: Setup, database: str, waiting: int, deliveries: int) -> tuple[float, float]:
    """Return the p99 of deliveries while so many wait, and of the questions that began to."""
    with (
        model_server({"default": {"latency_s": _LATENCY_S}}) as port,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        configure(folder, f"http://127.0.0.1:{port}/v1", _DEADLINES)
        async with (
            SlackServer(speed=SPEED) as slack,
            serving(setup, database, folder, slack),
        ):
            town = Town(slack)
            await slack.command("help", channel=town.channels[0], person=town.people[0])
            asked = await _ask(town, waiting)
            await _calm(town)
            return _p99_ms(await _deliver(town, deliveries)), _p99_ms(asked)


async def bare_p99_ms(deliveries: int) -> float:
    """Return the p99 of the same deliveries to a handler that does nothing."""
    async with SlackServer(speed=SPEED) as slack, bare_handler() as (_, url):
        slack.request_url = url
        return _p99_ms(await _deliver(Town(slack), deliveries))


async def _ask(town: Town, questions: int) -> list[Reply]:
    few = asyncio.Semaphore(_AT_ONCE)

    async def ask(number: int) -> Reply:
        async with few:
            return await town.ask(number)

    return await asyncio.gather(*map(ask, range(questions)))


async def _calm(town: Town) -> None:
    """Return when all have been told that they wait: that is a burst of its own."""
    told = -1
    while told < len(town.slack.ephemerals):
        told = len(town.slack.ephemerals)
        await asyncio.sleep(_CALM_S)


async def _deliver(town: Town, deliveries: int) -> list[Reply]:
    pauses = random.Random(1)  # noqa: S311 the same pauses each time

    async def later(number: int) -> Reply:
        await asyncio.sleep(pauses.uniform(0.0, _SPREAD_S))
        return await town.deliver(number)

    return await asyncio.gather(*map(later, range(deliveries)))


def _p99_ms(replies: Sequence[Reply]) -> float:
    if not all(reply.is_acknowledged for reply in replies):
        sys.exit("not all deliveries were acknowledged")
    return statistics.quantiles([1000 * reply.elapsed_s for reply in replies], n=100)[98]

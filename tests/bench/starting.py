"""How soon a process is ready, and what it holds and uses while nothing happens."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.adapters.stage import SPEED
from tests.bench.bare_handler import bare_handler
from tests.bench.databases import Databases
from tests.bench.service import configure, serving
from tests.bench.setups import Setup
from tests.bench.table import Row
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer

_READY_BAR_S = 3.0
_RSS_BAR_MB = 150.0
_IDLE_S = 10.0


@dataclass(frozen=True, slots=True)
class Start:
    """What a start and some idle seconds took."""

    ready_s: float
    rss_mb: float
    cpu: float


def starting(setup: Setup, made: Databases, *, idle_s: float = _IDLE_S) -> Iterator[Row]:
    """Start once to make all tables, then measure another start."""
    found, least = asyncio.run(_measured(setup, made.new(), idle_s))
    yield Row("cold start to ready", setup.name, found.ready_s, "s", _READY_BAR_S, least.ready_s)
    yield Row("idle: RSS", setup.name, found.rss_mb, "MB", _RSS_BAR_MB, least.rss_mb)
    yield Row("idle: CPU of a core", setup.name, found.cpu, "%")


async def _measured(setup: Setup, database: str, idle_s: float) -> tuple[Start, Start]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with ModelServer() as models, SlackServer(speed=SPEED) as slack:
            configure(folder, models.base_url)
            async with serving(setup, database, folder, slack):
                pass  # it makes the tables
            began = time.perf_counter()
            async with serving(setup, database, folder, slack) as service:
                ready_s = time.perf_counter() - began
                # What is done once after a start is no idleness.
                await asyncio.sleep(idle_s / 2)
                cpu_s = service.cpu_s()
                await asyncio.sleep(idle_s)
                cpu = 100 * (service.cpu_s() - cpu_s) / idle_s
                return Start(ready_s, service.rss_mb(), cpu), await _bare()


async def _bare() -> Start:
    began = time.perf_counter()
    async with bare_handler() as (process, _):
        ready_s = time.perf_counter() - began
        rss_mb = psutil.Process(process.pid).memory_info().rss / 2**20
        return Start(ready_s, rss_mb, 0.0)

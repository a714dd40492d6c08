"""All figures of a process, told by its observers and read by Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.process_collector import ProcessCollector

from bot.metrics.lag import lag_measured
from bot.metrics.models import ModelMeters
from bot.metrics.standing import Checks, Look, Standing
from bot.metrics.work import WorkMeters

# Names are plain, so that this suits every version of Prometheus.
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


@dataclass(frozen=True, slots=True)
class Meters:
    """What observes a process, and what it saw; one a process."""

    models: ModelMeters
    work: WorkMeters
    standing: Standing
    registry: CollectorRegistry

    async def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        await self.standing.refresh()
        # With many models it takes a tenth of a second, in which the loop must go on.
        return await asyncio.to_thread(generate_latest, self.registry)


@asynccontextmanager
async def open_meters(look: Look, checks: Checks) -> AsyncGenerator[Meters]:
    """Count while the context is open."""
    # When each series began doubles their number and tells an operator nothing.
    disable_created_metrics()
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    async with lag_measured(registry):
        standing = Standing(look, checks)
        registry.register(standing)
        yield Meters(ModelMeters(registry), WorkMeters(registry), standing, registry)

"""Traces, where an operator wants them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from bot.config import Settings
from bot.domain import REHEARSAL, Deliberation
from bot.errors import BadConfig
from bot.ports import Models

Work = Callable[[str], Awaitable[None]]


class Tracing(Protocol):
    """What puts runs and model calls into spans."""

    def work(self, work: Work) -> Work:
        """Return work on a deliberation, given its id, that is a span each time."""
        ...

    def models(self, deliberation: Deliberation, models: Models) -> Models:
        """Return models each of whose calls is a span."""
        ...


class Untraced:
    """Leaves everything as it is; implements `Tracing`."""

    def work(self, work: Work) -> Work:
        """Return the work."""
        return work

    def models(self, deliberation: Deliberation, models: Models) -> Models:
        """Return the models."""
        return models


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncGenerator[Tracing]:
    """Send traces while the context is open, if there is somewhere to send them.

    Raises `BadConfig` if what sends them is not installed.
    """
    if not settings.is_traced():
        yield Untraced()
        return
    try:
        # An extra, and nobody who sends no traces pays for loading it.
        from bot.tracing import open_traces  # noqa: PLC0415
    except ImportError as error:
        message = (
            "Traces need a part that is not installed; run "
            '`pip install "council-bot[telemetry]"`, or set OTEL_TRACES_EXPORTER=none.'
        )
        raise BadConfig(message) from error
    async with open_traces({*settings.providers, REHEARSAL}) as traces:
        yield traces

"""How things stand when they are looked at: what waits in the database, and what is in order."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.domain import State
from bot.domain.backlog import Backlog

Look = Callable[[], Awaitable[Backlog | None]]
Checks = Callable[[], Awaitable[Mapping[str, bool]]]

_OPEN = tuple(state for state in State if not state.is_final)


class Standing(Collector):
    """Gauges as of the last `refresh`, which looks at most once in `every_s` however often called.

    `look` returns None if the database does not answer; then its gauges are left out, since old
    figures would hide it.
    """

    def __init__(
        self,
        look: Look,
        checks: Checks,
        *,
        every_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look = look
        self._checks = checks
        self._every_s = every_s
        self._clock = clock
        self._looked_at: float | None = None
        self._backlog: Backlog | None = None
        self._passed: Mapping[str, bool] = {}

    async def refresh(self) -> None:
        """Look anew, if it is time to."""
        now = self._clock()
        if self._looked_at is not None and now - self._looked_at < self._every_s:
            return
        self._looked_at = now
        self._passed = await self._checks()
        self._backlog = await self._look()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return all gauges."""
        passed = _gauge("council_check_passed", "1 if a check of /readyz passes.", "check")
        for name, is_passed in self._passed.items():
            passed.add_metric([name], float(is_passed))
        yield passed
        if self._backlog is not None:
            yield from _counted(self._backlog)


def _counted(backlog: Backlog) -> Iterator[GaugeMetricFamily]:
    states = _gauge(
        "council_deliberations_open", "Deliberations that have not ended, by state.", "state"
    )
    for state in _OPEN:
        states.add_metric([state], backlog.deliberations.get(state, 0))
    yield states
    turns = _gauge("council_turns", "Turns that wait or are taken.", "state")
    turns.add_metric(["waiting"], backlog.waiting)
    turns.add_metric(["taken"], backlog.taken)
    yield turns
    for name, about, since in (
        (
            "council_turn_oldest_waiting_seconds",
            "How long the oldest of the turns that wait has waited.",
            backlog.waiting_since,
        ),
        (
            "council_post_oldest_owed_seconds",
            "How long the oldest post that is due has not been sent.",
            backlog.posts_since,
        ),
    ):
        yield GaugeMetricFamily(name, about, value=_age_s(since))
    yield GaugeMetricFamily("council_posts_owed", "Posts due and not sent.", value=backlog.posts)


def _gauge(name: str, about: str, label: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, labels=[label])


def _age_s(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (datetime.now(UTC) - since).total_seconds())

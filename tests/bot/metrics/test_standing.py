from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest

from bot.domain import State
from bot.domain.backlog import Backlog
from bot.metrics.standing import Standing
from tests.scraping import Figures


def busy() -> Backlog:
    since = datetime.now(UTC) - timedelta(seconds=90)
    return Backlog({State.ANSWERING: 2}, 3, 2, since, 5, None)


class World:
    """A database and checks that count how often they are looked at."""

    def __init__(self) -> None:
        self.now = 0.0
        self.looks = 0
        self.backlog: Backlog | None = busy()
        self.standing = Standing(self.look, self.checks, every_s=5.0, clock=lambda: self.now)
        self.registry = CollectorRegistry()
        self.registry.register(self.standing)

    async def look(self) -> Backlog | None:
        self.looks += 1
        return self.backlog

    async def checks(self) -> Mapping[str, bool]:
        return {"database": self.backlog is not None, "slack": True}

    async def figures(self) -> Figures:
        await self.standing.refresh()
        return Figures(generate_latest(self.registry).decode())


async def test_what_waits_is_told_with_its_age() -> None:
    figures = await World().figures()

    assert figures.value("council_deliberations_open", state="answering") == 2
    assert figures.value("council_deliberations_open", state="queued") == 0
    assert figures.value("council_turns", state="waiting") == 3
    assert figures.value("council_turns", state="taken") == 2
    assert 90 <= figures.value("council_turn_oldest_waiting_seconds") < 120
    assert figures.value("council_posts_owed") == 5
    assert figures.value("council_post_oldest_owed_seconds") == 0


async def test_the_database_is_looked_at_once_in_five_seconds_however_often_it_is_asked() -> None:
    world = World()

    for _ in range(10):
        await world.figures()
    early = world.looks
    world.now += 5
    await world.figures()

    assert (early, world.looks) == (1, 2)


async def test_a_database_that_is_away_leaves_no_old_figures() -> None:
    world = World()
    await world.figures()

    world.backlog = None
    world.now += 5
    figures = await world.figures()

    assert figures.value("council_check_passed", check="database") == 0
    assert figures.value("council_check_passed", check="slack") == 1
    assert "council_turns" not in figures.names()

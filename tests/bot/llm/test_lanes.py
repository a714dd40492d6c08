"""A provider's limits over all processes."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Tenant
from bot.errors import StorageError
from bot.llm.failures import AttemptError
from bot.llm.lanes import Lane, Sharing, spread
from bot.llm.providers import Provider
from tests.fakes.places import FakePlaces
from tests.fakes.workspaces import FakePace

WORK = Provider("work", "openai", "http://127.0.0.1:1/v1", concurrency=2)
ACME = Tenant("slack", "T1")
PATIENCE_S = 20.0


class LostPace(FakePace):
    """A pace whose database is away for the first so many questions."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        self.times -= 1
        if self.times >= 0:
            raise StorageError
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


class WatchedPace(FakePace):
    """A pace that notes its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        self.keys.append(key)
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_the_places_of_all_processes_are_shared():
    places = FakePlaces()
    ours, theirs = (Lane(WORK, Sharing(places, FakePace())) for _ in range(2))

    async with ours.place(soon(PATIENCE_S)), theirs.place(soon(PATIENCE_S)):
        with pytest.raises(AttemptError, match="work is too busy") as raised:
            async with ours.place(soon(0.05)):
                pass

    assert not raised.value.was_sent
    assert places.held == 0
    async with ours.place(soon(PATIENCE_S)):
        assert places.held == 1


async def test_who_finds_no_room_here_asks_nobody_else():
    places = FakePlaces()
    lane = Lane(WORK, Sharing(places, FakePace()))

    async with lane.place(soon(PATIENCE_S)), lane.place(soon(PATIENCE_S)):
        with pytest.raises(AttemptError):
            async with lane.place(soon(0.05)):
                pass

    assert len(places.asked) == 2


async def test_the_pace_of_all_processes_is_shared():
    provider = Provider("work", "openai", "http://127.0.0.1:1/v1", requests_per_minute=20)
    pace = FakePace()
    ours, theirs = (Lane(provider, Sharing(FakePlaces(), pace)) for _ in range(2))

    for lane in (ours, theirs):
        async with lane.place(soon(PATIENCE_S)):
            pass

    with pytest.raises(AttemptError, match="20 a minute"):
        async with ours.place(soon(0.05)):
            pass


async def test_without_a_limit_a_minute_no_turn_is_taken():
    pace = WatchedPace()

    async with Lane(WORK, Sharing(FakePlaces(), pace)).place(soon(PATIENCE_S)):
        pass

    assert pace.keys == []


async def test_a_pace_that_cannot_be_read_is_waited_for():
    provider = Provider("work", "openai", "http://127.0.0.1:1/v1", requests_per_minute=600)

    async with Lane(provider, Sharing(FakePlaces(), LostPace(1))).place(soon(PATIENCE_S)):
        pass
    with pytest.raises(AttemptError, match="left no turn in time"):
        async with Lane(provider, Sharing(FakePlaces(), LostPace(100))).place(soon(0.1)):
            pass


async def test_each_workspace_has_limits_of_its_own_and_no_key_tells_whose():
    places, pace = FakePlaces(), WatchedPace()
    sharing = Sharing(places, pace)
    owners = (None, ACME, Tenant("slack", "T2"), Tenant("discord", "T1"))
    url = "http://127.0.0.1:1/v1"

    for owner in (*owners, ACME):
        provider = Provider("work", "openai", url, requests_per_minute=600, owner=owner)
        async with Lane(provider, sharing).place(soon(PATIENCE_S)):
            pass

    keys = [key for key, _ in places.asked]
    assert len(set(keys)) == len(owners)
    assert keys[-1] == keys[1]
    assert pace.keys == keys
    assert not any("T1" in key or "work" in key for key in keys)


@given(st.integers(min_value=1, max_value=10_000))
def test_no_minute_sees_more_requests_than_it_may(per_minute: int):
    every_s, burst = spread(per_minute)

    moments = [0.0] * burst + [step * every_s for step in range(1, per_minute + 1)]

    assert 1 <= burst <= per_minute
    assert moments[per_minute] >= 60 - 1e-6
    assert all(earlier <= later for earlier, later in pairwise(moments))

"""The session whose locks are a process's places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.errors import StorageError
from bot.storage.places import session
from bot.storage.places.pool import Other
from bot.storage.places.session import LockSession

pytestmark = pytest.mark.postgres

KEYS = (-5, 7)
_PATIENCE_S = 20.0


@pytest.fixture
async def news() -> asyncio.Event:
    return asyncio.Event()


@asynccontextmanager
async def opened(
    url: str, silence_s: float, on_news: Callable[[], None]
) -> AsyncGenerator[LockSession]:
    one = LockSession(url, silence_s, on_news)
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def ours(postgres_url: str, news: asyncio.Event) -> AsyncGenerator[LockSession]:
    async with opened(postgres_url, 60, news.set) as one:
        yield one


@pytest.fixture
async def theirs(postgres_url: str) -> AsyncGenerator[LockSession]:
    async with opened(postgres_url, 60, lambda: None) as one:
        yield one


@pytest.fixture
async def silent(
    postgres_url: str, news: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[LockSession]:
    monkeypatch.setattr(session, "_SHORTEST_SILENCE_S", 0.0)
    async with opened(postgres_url, 1, news.set) as one:
        yield one


@pytest.mark.parametrize("key", KEYS)
async def test_a_place_belongs_to_one_session(ours: LockSession, theirs: LockSession, key: int):
    assert await ours.lock(key, 3, [], 2) == [1, 2]
    assert await ours.lock(key, 3, [1, 2], 2) == [3]
    assert await theirs.lock(key, 3, [], 2) == []

    await ours.unlock(key, [1, 3])

    assert await theirs.lock(key, 3, [], 2) == [1, 3]
    assert await ours.lock_again(key, [1, 3]) == []


@pytest.mark.parametrize("key", KEYS)
async def test_others_are_seen_with_what_they_have_and_want(
    ours: LockSession, theirs: LockSession, key: int
):
    await ours.lock(key, 4, [], 1)
    await ours.tell(key, 0, 9)
    await theirs.lock(key, 4, [], 2)
    assert await ours.others([key, 99]) == {key: [Other(has=2, wants=0)], 99: []}

    await theirs.tell(key, 0, 3)
    assert await ours.others([key]) == {key: [Other(has=2, wants=3)]}

    await theirs.tell(key, 3, 1)
    assert await ours.others([key]) == {key: [Other(has=2, wants=1)]}

    await theirs.tell(key, 1, 0)
    await theirs.unlock(key, [2, 3])
    assert await ours.others([key]) == {key: []}


async def test_whoever_says_nothing_for_too_long_loses_all(
    silent: LockSession, theirs: LockSession, news: asyncio.Event
):
    await silent.lock(1, 1, [], 1)
    assert silent.is_sure()
    assert await theirs.lock(1, 1, [], 1) == []

    async with asyncio.timeout(_PATIENCE_S):
        await news.wait()
        assert not silent.is_sure()
        # The server first tells, and then lets go.
        while await theirs.lock(1, 1, [], 1) != [1]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    with pytest.raises(StorageError):
        await silent.others([1])


async def test_nothing_is_sure_without_a_word_from_the_server(
    ours: LockSession, monkeypatch: pytest.MonkeyPatch
):
    assert ours.is_sure()

    monkeypatch.setattr(session, "_SURE_S", -1.0)
    assert not ours.is_sure()


async def test_a_closed_session_is_over(ours: LockSession):
    await ours.close()

    assert not ours.is_open
    assert not ours.is_sure()
    with pytest.raises(StorageError):
        await ours.others([1])

"""Places that are locks of PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import make_url

from bot.ports import Places
from bot.storage.address import parse_address
from bot.storage.places import shared
from bot.storage.places.pool import Other
from bot.storage.places.session import LockSession
from bot.storage.places.shared import PostgresPlaces, open_places
from tests.contracts.places import Holder, PlacesContract, Tally, use
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres

_PATIENCE_S = 20.0
_LOCKS = """
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_SESSIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'council places' AND datname = current_database()
"""


@pytest.fixture
async def processes(postgres_url: str) -> AsyncGenerator[Sequence[PostgresPlaces]]:
    address = parse_address(postgres_url)
    async with (
        open_places(address, longest_s=60) as ours,
        open_places(address, longest_s=60) as theirs,
    ):
        yield [ours, theirs]


async def count(url: str, what: LiteralString) -> int:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        row = await (await connection.execute(what)).fetchone()
    assert row is not None
    return row[0]


async def none_left(url: str, what: LiteralString) -> None:
    """Wait until there are none of these."""
    async with asyncio.timeout(_PATIENCE_S):
        while await count(url, what):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def cut(postgres: Postgres, url: str) -> None:
    await asyncio.to_thread(postgres.end_connections, str(make_url(url).database))


class TestPostgresPlaces(PlacesContract):
    async def test_what_nobody_needs_is_given_back_by_itself(
        self, places: Places, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shared, "_UNUSED_S", 0.0)
        await use(places, Tally())
        assert await count(postgres_url, _LOCKS) == 1

        await none_left(postgres_url, _LOCKS)
        await none_left(postgres_url, _SESSIONS)

        await use(places, Tally())

    async def test_who_closes_gives_all_back_at_once(self, postgres_url: str) -> None:
        async with open_places(parse_address(postgres_url), longest_s=60) as places:
            await use(places, Tally())

        await none_left(postgres_url, _LOCKS)

    async def test_a_lost_session_ends_no_call_and_its_place_stays_taken(
        self, processes: Sequence[Places], postgres: Postgres, postgres_url: str
    ) -> None:
        ours, theirs = (Holder(each) for each in processes)
        await ours.start()
        await use(processes[1], Tally(), key="provider:another")
        theirs.ask()
        assert not await theirs.has_one(within_s=0.1)

        await cut(postgres, postgres_url)

        assert not await theirs.has_one(within_s=2.5)
        await ours.stop()
        assert await theirs.has_one(within_s=_PATIENCE_S)
        await theirs.stop()

    async def test_a_kept_place_is_not_used_after_its_session(
        self, processes: Sequence[Places], postgres: Postgres, postgres_url: str
    ) -> None:
        ours, theirs = processes
        await use(ours, Tally(), most=1)  # and it is kept for a second
        await cut(postgres, postgres_url)
        taker = Holder(theirs)
        await taker.start()

        again = Holder(ours)
        again.ask()

        assert not await again.has_one(within_s=0.3)
        await taker.stop()
        assert await again.has_one(within_s=_PATIENCE_S)
        await again.stop()

    async def test_the_last_answer_of_a_lost_session_serves_nobody(
        self,
        processes: Sequence[Places],
        postgres: Postgres,
        postgres_url: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """As it is for whoever was stopped while the answer was on its way."""
        ours, theirs = processes
        first, second, taker = Holder(ours), Holder(ours), Holder(theirs)
        await first.start()
        second.ask()
        answer, was_lost = LockSession.others, asyncio.Event()

        async def late(session: LockSession, keys: Sequence[int]) -> Mapping[int, list[Other]]:
            others = await answer(session, keys)
            if not was_lost.is_set():
                was_lost.set()
                await cut(postgres, postgres_url)
                await taker.start()
                await first.stop()
            return others

        monkeypatch.setattr(LockSession, "others", late)
        async with asyncio.timeout(_PATIENCE_S):
            await was_lost.wait()

        assert not await second.has_one(within_s=1.0)
        await taker.stop()
        assert await second.has_one(within_s=_PATIENCE_S)
        await second.stop()

    async def test_all_wait_while_the_server_is_away(self, postgres_url: str) -> None:
        gone = parse_address(postgres_url).set(host="127.0.0.1", port=1, query={})
        async with open_places(gone, longest_s=60) as places:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), places.place("k", 1):
                    pass

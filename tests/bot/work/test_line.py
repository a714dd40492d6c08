"""The line on real databases and the real engine."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Generator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from bot.domain import Place, State, Turn
from bot.ports import Records, Work
from bot.storage.database import Database, open_database
from bot.storage.records import SqlRecords
from bot.storage.tables import turns as table
from bot.storage.turns import SqlTurns
from bot.work.database import engine_url, liveness_of
from bot.work.engine import DbosEngine
from bot.work.line import Line, LineTerms
from bot.work.notices import listening
from tests.conftest import ON_BOTH
from tests.contracts.work import (
    OpenWork,
    Run,
    WorkContract,
    as_a_worker,
    ask,
    cancel,
    note_cancelled,
)
from tests.e2e.crash_databases import Databases, PostgresDatabases, SqliteDatabases
from tests.fakes.council import deliberation
from tests.fakes.records import FakeRecords
from tests.fakes.turns import FakeTurns
from tests.fakes.work import FakeWork

_LONG_S = 20.0


class Runs:
    """Runs that each end when they are let go; `goodbye` is what a cancelled one waits for."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.cancelled: list[str] = []
        self.ended: list[str] = []
        self._began: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._may_end: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._stopped: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.goodbye: dict[str, asyncio.Event] = {}

    async def __call__(self, deliberation_id: str) -> None:
        self.seen.append(deliberation_id)
        self._began[deliberation_id].set()
        try:
            await self._may_end[deliberation_id].wait()
            self.ended.append(deliberation_id)
        except asyncio.CancelledError:
            self.cancelled.append(deliberation_id)
            self._stopped[deliberation_id].set()
            if deliberation_id in self.goodbye:
                await self.goodbye[deliberation_id].wait()
            raise

    async def began(self, deliberation_id: str) -> None:
        """Return when it has begun."""
        await _soon(self._began[deliberation_id].wait())

    async def stopped(self, deliberation_id: str) -> None:
        """Return when it was told to stop."""
        await _soon(self._stopped[deliberation_id].wait())

    def may_end(self, *deliberation_ids: str) -> None:
        """Let these end."""
        for deliberation_id in deliberation_ids:
            self._may_end[deliberation_id].set()


@dataclass
class House:
    """A process with a line, on a database that others may use."""

    url: str
    database: Database
    runs: Runs = field(default_factory=Runs)

    def __post_init__(self) -> None:
        self.records = SqlRecords(self.database)
        self.turns = SqlTurns(self.database)

    @asynccontextmanager
    async def engine(self, news: asyncio.Event) -> AsyncGenerator[DbosEngine]:
        """Open an engine alone."""
        work = as_a_worker(self.runs, self.records, self.turns)
        async with DbosEngine(self.url, work, give_up=work, on_end=news.set) as engine:
            yield engine

    @asynccontextmanager
    async def line(self, *, most: int = 10, per_channel: int | None = 1) -> AsyncGenerator[Line]:
        """Open a line."""
        news = asyncio.Event()
        news.set()  # what was stored before is looked for at once
        async with (
            self.engine(news) as engine,
            listening(self.url, news.set),
            Line(
                engine,
                self.turns,
                news,
                platforms=["console"],
                terms=LineTerms(most, per_channel),
            ) as line,
        ):
            yield line

    @asynccontextmanager
    async def other(self) -> AsyncGenerator[str]:
        """Let another process live, and give its name."""
        async with liveness_of(engine_url(self.url), "other"):
            yield "other"

    async def store(self, *deliberation_ids: str, channels: Sequence[str] = ()) -> None:
        """Store questions, in channels of their own unless these are named."""
        for deliberation_id, channel in zip(
            deliberation_ids, channels or deliberation_ids, strict=True
        ):
            await self.records.create(deliberation(deliberation_id, place(channel)))

    async def leave(self, *deliberation_ids: str) -> None:
        """Leave the runs of questions behind, as a process does that dies."""
        await self.store(*deliberation_ids)
        self.runs = Runs()
        async with self.line():
            for deliberation_id in deliberation_ids:
                await self.runs.began(deliberation_id)
        self.runs = Runs()

    async def owner(self, deliberation_id: str) -> str | None:
        """Return who has a turn."""
        turn = await self.turns.find(deliberation_id)
        assert turn is not None
        return turn.taken_by


def place(channel: str) -> Place:
    return Place("console", "local", channel)


async def _soon(waiting: Awaitable[object]) -> None:
    async with asyncio.timeout(_LONG_S):
        await waiting


@pytest.fixture(scope="session")
def sqlite_lines(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Make SQLite files that have all tables."""
    return SqliteDatabases(tmp_path_factory.mktemp("lines") / "template")


@pytest.fixture(scope="session")
def postgres_lines(request: pytest.FixtureRequest) -> Databases:
    """Make PostgreSQL databases that have all tables."""
    return PostgresDatabases(request.getfixturevalue("postgres"))


@pytest.fixture(params=ON_BOTH)
def line_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Give the address of a database with the tables of the council and of the engine."""
    databases: Databases = request.getfixturevalue(f"{request.param}_lines")
    url = databases.used(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
async def house(line_url: str) -> AsyncGenerator[House]:
    """Give a house whose line is not open yet."""
    async with open_database(line_url) as database:
        yield House(line_url, database)


@pytest.fixture
async def sqlite_house(sqlite_lines: Databases, tmp_path: Path) -> AsyncGenerator[House]:
    """Give a house for what has nothing to do with the database."""
    url = sqlite_lines.used(tmp_path)
    async with open_database(url) as database:
        yield House(url, database)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `wait` look more often."""
    monkeypatch.setattr("bot.work.line._POLL_S", 0.02)


@pytest.fixture
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the line look more often for those that were cancelled."""
    monkeypatch.setattr("bot.work.line._CANCELLED_EVERY_S", 0.05)


class TestFakeWork(WorkContract):
    """In memory."""

    @pytest.fixture
    def records(self) -> FakeRecords:
        return FakeRecords()

    @pytest.fixture
    def open_work(self, records: FakeRecords) -> OpenWork:
        turns = FakeTurns(records)
        return lambda run: FakeWork(as_a_worker(run, records, turns))


class TestLine(WorkContract):
    """The real one."""

    @pytest.fixture
    def records(self, sqlite_house: House) -> Records:
        return sqlite_house.records

    @pytest.fixture
    def open_work(self, sqlite_house: House) -> OpenWork:
        @asynccontextmanager
        async def opened(run: Run) -> AsyncGenerator[Work]:
            news = asyncio.Event()
            work = as_a_worker(run, sqlite_house.records, sqlite_house.turns)
            async with (
                DbosEngine(sqlite_house.url, work, give_up=work, on_end=news.set) as engine,
                Line(
                    engine, sqlite_house.turns, news, platforms=["console"], terms=LineTerms(10)
                ) as line,
            ):
                yield line

        return opened


async def test_the_second_of_a_channel_begins_when_the_first_ends(house: House) -> None:
    await house.store("d1", "d2", "d3", channels=["C1", "C1", "C2"])
    runs = house.runs
    async with house.line() as line:
        await runs.began("d1")
        await runs.began("d3")
        assert await line.recover() == ()
        before = list(runs.seen)
        runs.may_end("d1")
        await runs.began("d2")

    assert sorted(before) == ["d1", "d3"]


async def test_a_process_runs_no_more_than_it_may(sqlite_house: House) -> None:
    await sqlite_house.store("d1", "d2", "d3")
    runs = sqlite_house.runs
    async with sqlite_house.line(most=2) as line:
        await runs.began("d1")
        await runs.began("d2")
        assert await line.recover() == ()
        before = list(runs.seen)
        runs.may_end("d1")
        await runs.began("d3")

    assert sorted(before) == ["d1", "d2"]


async def test_a_turn_whose_process_died_before_it_ran_goes_on(house: House) -> None:
    await house.store("d1")
    await house.turns.keep(["d1"], "dead")

    async with house.line() as line:
        assert await line.recover() == ("d1",)
        await house.runs.began("d1")


async def test_a_turn_that_could_not_be_started_goes_on(sqlite_house: House) -> None:
    await sqlite_house.store("d1")
    news = asyncio.Event()
    async with sqlite_house.engine(news) as engine:
        await sqlite_house.turns.keep(["d1"], engine.executor_id)
        async with Line(
            engine, sqlite_house.turns, news, platforms=["console"], terms=LineTerms(1)
        ) as line:
            assert await line.recover() == ("d1",)
            await sqlite_house.runs.began("d1")


async def test_what_a_living_process_takes_is_left_to_it(house: House) -> None:
    await house.store("d1")
    async with house.other() as other, house.line() as line:
        await house.turns.keep(["d1"], other)

        assert await line.recover() == ()
        await line.start(await house.records.take_up("d1"))
        await cancel(house.records, line, "d1")

        assert await house.owner("d1") == other


async def test_what_a_dead_process_ran_is_taken_over_as_there_is_room(house: House) -> None:
    await house.leave("d1", "d2", "d3")
    runs = house.runs
    async with house.line(most=2) as line:
        first = await line.recover()
        none = await line.recover()
        runs.may_end(first[0])
        await line.wait(first[0])
        rest: tuple[str, ...] = ()
        async with asyncio.timeout(_LONG_S):
            while not rest:  # the engine knows a moment later that one has ended
                rest = await line.recover()
        runs.may_end(*first, *rest)
        for deliberation_id in ("d1", "d2", "d3"):
            await line.wait(deliberation_id)

    assert (len(first), none, len(rest)) == (2, (), 1)
    assert sorted(runs.ended) == ["d1", "d2", "d3"]


async def test_what_was_taken_over_fills_its_channel(sqlite_house: House) -> None:
    await sqlite_house.leave("d1")
    async with sqlite_house.line() as line:
        await line.recover()
        await sqlite_house.runs.began("d1")
        await sqlite_house.records.create(deliberation("d2", place("d1")))

        assert await line.recover() == ()
        assert await sqlite_house.owner("d2") is None
        assert await sqlite_house.owner("d1") == line.process


async def test_a_cancelled_one_that_waited_never_runs(house: House) -> None:
    await house.store("d1", "d2", "d3", channels=["C1", "C1", "C1"])
    runs = house.runs
    async with house.line() as line:
        await runs.began("d1")
        await cancel(house.records, line, "d2")
        await line.wait("d2")
        runs.may_end("d1")
        await runs.began("d3")

    assert runs.seen == ["d1", "d3"]


async def test_one_that_another_process_cancelled_is_stopped(house: House) -> None:
    await house.store("d1", "d2")
    async with house.line():
        await house.runs.began("d1")
        await house.runs.began("d2")

        await note_cancelled(house.records, "d1")
        async with asyncio.timeout(5):
            await house.runs.stopped("d1")

        assert house.runs.cancelled == ["d1"]


@pytest.mark.usefixtures("watchful")
async def test_nobodys_goodbye_delays_another_cancellation(sqlite_house: House) -> None:
    await sqlite_house.store("d1", "d2")
    runs = sqlite_house.runs
    runs.goodbye["d1"] = asyncio.Event()
    async with sqlite_house.line():
        await runs.began("d2")
        await note_cancelled(sqlite_house.records, "d1")
        await runs.stopped("d1")

        await note_cancelled(sqlite_house.records, "d2")
        await runs.stopped("d2")

        runs.goodbye["d1"].set()


@pytest.mark.usefixtures("watchful")
async def test_a_run_that_shows_a_cancellation_is_left_to_end(sqlite_house: House) -> None:
    await sqlite_house.leave("taken over")
    await sqlite_house.store("given back", "running")
    await sqlite_house.records.take_up("given back")
    for deliberation_id in ("taken over", "given back"):
        await note_cancelled(sqlite_house.records, deliberation_id)
    runs = sqlite_house.runs
    async with sqlite_house.line() as line:
        await line.recover()
        for deliberation_id in ("taken over", "given back", "running"):
            await runs.began(deliberation_id)
        await note_cancelled(sqlite_house.records, "running")
        await runs.stopped("running")
        for deliberation_id in ("taken over", "given back"):
            runs.may_end(deliberation_id)
            await line.wait(deliberation_id)

    assert runs.cancelled == ["running"]
    assert runs.ended == ["taken over", "given back"]


async def test_a_cancelled_one_that_nobody_runs_gets_a_run_to_say_so(house: House) -> None:
    await house.store("d1")
    await house.records.take_up("d1")
    await house.turns.keep(["d1"], "dead")
    house.runs.may_end("d1")
    async with house.line() as line:
        await cancel(house.records, line, "d1")
        await line.wait("d1")

    assert house.runs.ended == ["d1"]
    assert (await house.records.load("d1")).state is State.CANCELLED


async def test_a_closed_line_takes_no_further_turns(sqlite_house: House) -> None:
    await sqlite_house.leave("d2")
    await sqlite_house.store("d1")
    async with sqlite_house.line() as line:
        line.close()
        await line.start(await sqlite_house.records.load("d1"))

        assert await line.recover() == ()
        assert sqlite_house.runs.seen == []
    assert await sqlite_house.owner("d1") is None


async def test_one_that_waits_is_waited_for(sqlite_house: House) -> None:
    await sqlite_house.store("d1", "d2", channels=["C1", "C1"])
    runs = sqlite_house.runs
    async with sqlite_house.line() as line:
        await runs.began("d1")
        waiting = asyncio.create_task(line.wait("d2"))
        runs.may_end("d1")
        await runs.began("d2")
        assert not waiting.done()
        runs.may_end("d2")
        await _soon(waiting)


async def test_what_has_no_turn_gets_one_unless_it_runs(house: House) -> None:
    await house.leave("d1")
    await house.store("d2")
    await house.database.write(lambda connection: connection.execute(delete(table)))
    runs = house.runs
    runs.may_end("d1", "d2")
    async with house.line() as line:
        await line.recover()
        await line.wait("d1")
        await line.wait("d2")

    assert sorted(runs.seen) == ["d1", "d2"]


@pytest.mark.postgres
async def test_another_process_tells_at_once_that_a_channel_is_free(
    postgres_lines: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.work.line._LOOK_EVERY_S", 3600.0)
    url = postgres_lines.used(tmp_path)
    async with open_database(url) as mine, open_database(url) as others:
        house, other = House(url, mine), House(url, others)
        await house.store("d1", "d2", "d3", channels=["C1", "C1", "C2"])
        await house.turns.keep(["d1"], "other")
        async with house.line():
            await house.runs.began("d3")

            await as_a_worker(_nothing, other.records, other.turns)("d1")
            await house.runs.began("d2")

            await ask(other.records, FakeWork(), "d4", place("C4"))
            await house.runs.began("d4")
    postgres_lines.drop(url)


async def test_news_of_turns_that_must_wait_cost_a_few_looks_a_second(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_house.store("d1", "d2", channels=["c", "c"])
    looks, take = 0, SqlTurns.take

    async def counted(*given: Any, **named: Any) -> tuple[Turn, ...]:
        nonlocal looks
        looks += 1
        return await take(*given, **named)

    monkeypatch.setattr(SqlTurns, "take", counted)
    async with sqlite_house.line() as line:
        await sqlite_house.runs.began("d1")
        looks = 0
        for _ in range(100):
            await line.start(deliberation("d2", place("c")))
            await asyncio.sleep(0.01)
        seen = looks
        sqlite_house.runs.may_end("d1")
        await sqlite_house.runs.began("d2")

    assert 1 <= seen < 10


async def _nothing(_deliberation_id: str) -> None:
    return None


class TestUnshared:
    """Each process has what was asked there."""

    @pytest.fixture
    async def desk(self, sqlite_house: House) -> AsyncGenerator[tuple[House, Line]]:
        news = asyncio.Event()
        async with (
            sqlite_house.engine(news) as engine,
            Line(
                engine,
                sqlite_house.turns,
                news,
                platforms=["console"],
                terms=LineTerms(10, is_shared=False),
            ) as line,
        ):
            sqlite_house.records = SqlRecords(sqlite_house.database, line.process)
            yield sqlite_house, line

    async def test_what_is_asked_here_runs_here(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        house.runs.may_end("d1")

        await ask(house.records, line, "d1")
        await _soon(line.wait("d1"))

        assert house.runs.ended == ["d1"]

    async def test_a_second_start_changes_nothing(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        await ask(house.records, line, "d1")
        await house.runs.began("d1")

        await line.start(await house.records.load("d1"))
        await line.start(deliberation("d1"))
        house.runs.may_end("d1")
        await _soon(line.wait("d1"))

        assert house.runs.seen == ["d1"]

    async def test_what_is_asked_elsewhere_runs_elsewhere(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        async with house.other() as other:
            elsewhere = SqlRecords(house.database, other)
            await elsewhere.create(deliberation("d2"))

            assert await line.recover() == ()
            assert await house.owner("d2") == other

    async def test_a_reopened_one_is_run(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        house.runs.may_end("d1")
        await ask(house.records, line, "d1")
        await _soon(line.wait("d1"))

        await line.start(await house.records.take_up("d1", is_fresh=True))
        await _soon(line.wait("d1"))

        assert house.runs.ended == ["d1", "d1"]

    async def test_one_that_was_interrupted_is_gone_on_with(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        await SqlRecords(house.database, "dead").create(deliberation("d1"))

        await line.start(await house.records.take_up("d1"))
        await house.runs.began("d1")
        owner = await house.owner("d1")
        house.runs.may_end("d1")
        await _soon(line.wait("d1"))

        assert owner == line.process
        assert house.runs.ended == ["d1"]

    async def test_one_that_nobody_runs_can_be_cancelled(self, desk: tuple[House, Line]) -> None:
        house, line = desk
        house.runs.may_end("d1")
        await SqlRecords(house.database, "dead").create(deliberation("d1"))
        await house.records.take_up("d1")

        await cancel(house.records, line, "d1")
        await _soon(line.wait("d1"))

        assert house.runs.ended == ["d1"]

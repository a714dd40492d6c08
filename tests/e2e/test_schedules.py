"""Four processes, one of them killed, all of them killed: each due time has one deliberation."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, select

from bot.domain import Place
from bot.storage.database import Database, open_database
from bot.storage.tables import deliberations
from bot.storage.team.schedules import SqlSchedules
from tests.contracts.schedules import a_schedule
from tests.e2e.schedule_program import NEVER, OWNER, PLATFORM
from tests.launcher import Launcher, Process, Streams

HOUR = timedelta(hours=1)
HALF_AN_HOUR, DAY = HOUR / 2, 24 * HOUR
START = datetime(2026, 10, 24, 20, tzinfo=UTC)  # the evening before Berlin's clocks go back
NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, the first time
_PATIENCE_S = 60.0
_MODULE = "tests.e2e.schedule_program"

# Where a process dies, in the order in which it gets there.
POINTS = ("before create 1", "after create 1", "before save 1", "after save 1")
HOURLY, NIGHTLY = "s1", "s2"


@dataclass(frozen=True, slots=True)
class Program:
    """A process that ticks when it is told to."""

    process: Process
    control: int

    @classmethod
    async def started(cls, launcher: Launcher, folder: Path, url: str, fate: str) -> Self:
        reading, writing = os.pipe()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "COUNCIL_DATABASE_URL": url,
        }
        streams = Streams(stdin=reading)
        process = await launcher.start(folder, environment, _MODULE, fate, streams=streams)
        os.close(reading)
        return cls(process, writing)

    async def tick(self, moment: datetime) -> bool:
        """Let it tick; say whether it lived to tell."""
        line = f"{moment.isoformat()}\n".encode()
        assert self.process.stdout is not None
        async with asyncio.timeout(_PATIENCE_S):
            with suppress(BrokenPipeError):
                os.write(self.control, line)
            return await self.process.stdout.readline() == line

    async def end(self) -> int:
        """Tell it that nothing more comes, and return its exit code."""
        os.close(self.control)
        async with asyncio.timeout(_PATIENCE_S):
            _, err = await self.process.communicate()
        assert b"Traceback" not in err, err.decode()
        return self.process.returncode or 0


class Crew:
    """Processes that look after the schedules of one database; an async context manager."""

    def __init__(self, launcher: Launcher, folder: Path, url: str) -> None:
        self._launcher, self._folder, self._url = launcher, folder, url
        self._living: list[Program] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._kill()
        await self.end()

    async def grow(self, *fates: str) -> list[Program]:
        """Start processes, and return them."""
        started = await asyncio.gather(*(self._start(fate) for fate in fates))
        self._living += started
        return list(started)

    async def tick(self, *moments: datetime) -> None:
        """Let all that live tick at each of these moments at once."""
        for moment in moments:
            told = await asyncio.gather(*(each.tick(moment) for each in self._living))
            ends = [each.end() for each, lives in zip(self._living, told, strict=True) if not lives]
            assert set(await asyncio.gather(*ends)) <= {-signal.SIGKILL}
            self._living = [each for each, lives in zip(self._living, told, strict=True) if lives]

    async def die(self, moment: datetime) -> None:
        """Kill all in the middle of a tick."""
        ticking = [asyncio.create_task(each.tick(moment)) for each in self._living]
        await asyncio.wait(ticking, return_when=asyncio.FIRST_COMPLETED)
        self._kill()
        await asyncio.gather(*ticking)
        await self.end()

    async def end(self) -> None:
        """Let all that live come to their end."""
        await asyncio.gather(*(each.end() for each in self._living))
        self._living = []

    @property
    def size(self) -> int:
        """How many live."""
        return len(self._living)

    def _kill(self) -> None:
        for each in self._living:
            with suppress(ProcessLookupError):
                each.process.kill()

    async def _start(self, fate: str) -> Program:
        return await Program.started(self._launcher, self._folder, self._url, fate)


async def asked(database: Database) -> Counter[str]:
    """Return how often each due time was asked."""

    def read(connection: Connection) -> list[str]:
        return [str(name) for name in connection.scalars(select(deliberations.c.delivery))]

    return Counter(await database.read(read))


def due(name: str, moments: Iterable[datetime]) -> Counter[str]:
    """Return what was due once each."""
    return Counter(f"schedule:{name}:{moment.isoformat()}" for moment in moments)


def hours(first: int, last: int) -> list[datetime]:
    return [START + hour * HOUR for hour in range(first, last + 1)]


async def prepare(database: Database) -> None:
    """Let a question repeat each hour, and one at 02:30 in Berlin."""
    schedules = SqlSchedules(database)
    known = replace(a_schedule(place=Place(PLATFORM, "T1", "C1")), owner_id=OWNER.id)
    hourly = replace(known, id=HOURLY, rule="0 * * * *", time_zone="UTC", next_due_at=START)
    nightly = replace(known, id=NIGHTLY, rule="30 2 * * *", next_due_at=NIGHT)
    await schedules.add(hourly)
    await schedules.add(nightly)


async def one_of_four_dies(crew: Crew) -> None:
    """Let one die at each point in turn; the others go on with what it left."""
    await crew.grow(NEVER, NEVER, NEVER)
    for moment, point in zip(hours(0, 3), POINTS, strict=True):
        (mortal,) = await crew.grow(point)
        assert not await mortal.tick(moment)
        await crew.tick(moment)
        assert crew.size == 3


async def all_die(crew: Crew, first: datetime, second: datetime) -> None:
    """Let four die somewhere in a tick, and the next four when they have asked, nothing noted."""
    await crew.die(first)
    await crew.grow(*["before save 1"] * 4)
    await crew.tick(second)
    assert crew.size == 0


async def test_each_due_time_has_one_deliberation(
    launcher: Launcher, tmp_path: Path, database_url: str
) -> None:
    crew = Crew(launcher, tmp_path, database_url)
    async with open_database(database_url) as database, crew:
        await prepare(database)

        await one_of_four_dies(crew)
        once = due(HOURLY, hours(0, 3))
        assert await asked(database) == once

        # Four at once, through the night in which 02:30 comes twice; a clock jumps there and back.
        await crew.grow(NEVER)
        await crew.tick(*hours(4, 6), START + 8 * HOUR, *hours(6, 8))
        once += due(HOURLY, [*hours(4, 6), START + 8 * HOUR]) + due(NIGHTLY, [NIGHT])
        assert await asked(database) == once

        await all_die(crew, *hours(9, 10))
        await crew.grow(NEVER, NEVER, NEVER, NEVER)
        await crew.tick(*hours(10, 11))
        found = await asked(database)
        once += due(HOURLY, hours(10, 11))
        # Whoever died at nine may have asked by then, or not; at ten only ten is caught up on.
        assert found - due(HOURLY, hours(9, 9)) == once

        # After three days of silence the latest of each is asked.
        await crew.tick(NIGHT + 3 * DAY + 3 * HOUR)
        late = due(HOURLY, [NIGHT + 3 * DAY + 5 * HALF_AN_HOUR])
        late += due(NIGHTLY, [NIGHT + 3 * DAY + HOUR])
        assert await asked(database) == found + late

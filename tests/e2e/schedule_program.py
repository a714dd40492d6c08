"""One of several processes that look after the same schedules, on a clock that tests move.

`python -m tests.e2e.schedule_program "after ask 2"` reads moments from its standard input, a line
each, ticks at each and says so on its standard output. It kills itself where the name says: `never`
nowhere, `before ask 2` before it stores its second question, `after save 1` when it has moved its
first schedule on. All between the tick and the database is as in `bot.composition`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime

from bot import logs
from bot.app import App
from bot.domain import Person, Schedule
from bot.storage.database import Database, open_database
from bot.storage.team.schedules import SqlSchedules
from bot.team.asking import Asking
from bot.team.schedules.due import Scheduler
from tests.e2e.crash_program import Fate, MortalRecords
from tests.fakes.clock import HandClock
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.rooms import FakeRooms
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork

OWNER = Person("U1", "Ada")
PLATFORM = "slack"
NEVER = "never 1"


class MortalSchedules(SqlSchedules):
    """Schedules that may be the last thing a process touches."""

    def __init__(self, fate: Fate, database: Database) -> None:
        super().__init__(database)
        self._fate = fate

    async def save(self, schedule: Schedule) -> Schedule:
        with self._fate.crossing("save"):
            return await super().save(schedule)


async def main(fate: Fate, url: str) -> None:
    """Tick at each moment that is read."""
    rooms = FakeRooms()
    rooms.people = {OWNER.id: OWNER}
    async with open_database(url) as database, FakeWork() as work:
        records, schedules = MortalRecords(fate, database), MortalSchedules(fate, database)
        app = App(records=records, work=work, platforms=[PLATFORM])
        team = replace(fake_team(COUNCIL, FakeRecords()), schedules=schedules)
        clock = HandClock(datetime.min.replace(tzinfo=UTC))
        scheduler = Scheduler(Asking(app, team), {PLATFORM: rooms}, clock)
        while line := await asyncio.to_thread(sys.stdin.readline):
            clock.now = datetime.fromisoformat(line.strip())
            await scheduler.tick()
            print(line.strip(), flush=True)  # noqa: T201 it is what the tests wait for


if __name__ == "__main__":
    logs.configure("error", ())
    asyncio.run(main(Fate(sys.argv[1]), os.environ["COUNCIL_DATABASE_URL"]))

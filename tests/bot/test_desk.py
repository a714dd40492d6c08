"""What is told besides to those who ask."""

from __future__ import annotations

import asyncio

from bot.domain import Ahead
from tests.fakes.council import COUNCIL
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork

HUNDREDS = 300


class BusyWork(FakeWork):
    """Notes how many look at the line at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.looking = self.most = 0

    async def ahead(self, deliberation_id: str) -> Ahead:
        self.looking += 1
        self.most = max(self.most, self.looking)
        await asyncio.sleep(0)
        self.looking -= 1
        return Ahead(in_channel=1)


async def test_when_hundreds_wait_a_few_at_a_time_are_told() -> None:
    records, work = FakeRecords(), BusyWork()
    desk = fake_desk(records, work, fake_team(COUNCIL, records))

    said = await asyncio.gather(*(desk.line(f"d{number}") for number in range(HUNDREDS)))

    assert said == ["Your question is in line: 1 question of this channel comes first."] * HUNDREDS
    assert work.most == 2

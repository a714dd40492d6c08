"""What is too old is deleted while the bot is served."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.composition.sweeping import sweeping
from bot.domain import Deliberation
from tests.contracts.archive import left
from tests.contracts.records import a_deliberation, a_synthesis
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.archive import FakeArchive
from tests.fakes.virtual import virtual


async def asked_ago(records: FakeRecords, days: int) -> Deliberation:
    created_at = datetime.now(UTC) - timedelta(days=days)
    new = await records.create(replace(a_deliberation(), created_at=created_at))
    await records.save(new, [a_synthesis()])
    return new


@virtual
async def test_what_is_too_old_goes_at_the_start_and_every_hour() -> None:
    records = FakeRecords()
    team = replace(fake_team(COUNCIL, records), archive=FakeArchive(records, retention_days=7))
    old, young = await asked_ago(records, 8), await asked_ago(records, 6)

    async with sweeping(team):
        await asyncio.sleep(1)
        at_the_start = await left(records, old, young)
        later = await asked_ago(records, 8)
        await asyncio.sleep(3000)
        soon = await left(records, later)
        await asyncio.sleep(601)

    assert at_the_start == [False, True]
    assert (soon, await left(records, later)) == ([True], [False])

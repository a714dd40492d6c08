from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import time_machine

from bot.commands import Budget
from bot.desk import Desk
from bot.domain import (
    Estimate,
    Limits,
    Mode,
    Person,
    Place,
    PlaceSettings,
    Question,
    Seat,
)
from bot.errors import OverLimit
from bot.ports import ModelInfo
from bot.replies import Reply, answer
from bot.team.spending.estimates import estimated
from tests.contracts.budgets import paid
from tests.contracts.records import a_synthesis
from tests.fakes.council import COUNCIL
from tests.fakes.desk import fake_desk
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team, set_in
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.work import FakeWork

CHANNEL = Place("slack", "T1", "C1")
WORKSPACE = Place("slack", "T1", "")
KIM = Person("U1", "Kim")
QUESTION = Question("Which one?", CHANNEL, "Kim", asker_id="U1")
PRICES = FakeCatalog(*(ModelInfo(f"test/{letter}", 0.1, 1.0) for letter in "abc"))
# Evening in New York, where it is 24 November until five o'clock UTC.
EVENING = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@dataclass
class Room:
    """A team that asks and looks at its budget."""

    desk: Desk
    records: FakeRecords

    async def set(self, place: Place, settings: PlaceSettings) -> None:
        await set_in(self.desk.team, place, settings)

    async def ask(self, number: int, mode: Mode | None = None) -> str:
        asked = await self.desk.asking.ask(KIM, QUESTION, delivery=f"d{number}", mode=mode)
        return asked.id

    async def budget(self) -> Reply:
        return await answer(self.desk, KIM, CHANNEL, Budget())


@pytest.fixture
async def room() -> AsyncGenerator[Room]:
    records = FakeRecords()
    team = replace(fake_team(COUNCIL, records), catalog=PRICES)
    async with FakeWork() as work:
        yield Room(fake_desk(records, work, team), records)


@time_machine.travel(EVENING, tick=False)
async def test_the_budget_is_shown_for_channel_workspace_and_person(room: Room) -> None:
    await room.set(
        WORKSPACE,
        PlaceSettings(
            time_zone="America/New_York",
            limits=Limits(usd_month=20.0),
            per_person=Limits(councils_day=3),
            questions_per_hour=5,
        ),
    )
    await room.set(CHANNEL, PlaceSettings(limits=Limits(usd_day=5.0)))
    asked = await room.records.load(await room.ask(1))
    await room.records.save(asked, [paid(1.2345), a_synthesis()])
    await room.desk.team.budgets.settle()

    reply = await room.budget()

    midnight, month = "at 00:00 (America/New_York)", "on 1 December at 00:00 (America/New_York)"
    assert reply.lines == (
        f"This channel, today: $1.24 of $5.00, $3.76 left · 1 council. Resets {midnight}.",
        f"This channel, this month: $1.24, no limit · 1 council. Resets {month}.",
        f"This workspace, today: $1.24, no limit · 1 council. Resets {midnight}.",
        f"This workspace, this month: $1.24 of $20.00, $18.76 left · 1 council. Resets {month}.",
        f"You, today: $1.24, no limit · 1 of 3 councils. Resets {midnight}.",
        f"You, this month: $1.24, no limit · 1 council. Resets {month}.",
        "You, this hour: 1 of 5 questions. Resets at 21:00 (America/New_York).",
    )


async def test_a_budget_that_nothing_was_taken_from_is_shown_too(room: Room) -> None:
    reply = await room.budget()

    assert "$0, no limit · 0 councils" in reply.lines[0]


@time_machine.travel(EVENING, tick=False)
async def test_a_limit_that_is_set_later_finds_what_was_spent_before(room: Room) -> None:
    await room.ask(1)
    await room.set(CHANNEL, PlaceSettings(limits=Limits(councils_day=1)))

    with pytest.raises(OverLimit, match="This channel may hold 1 council a day"):
        await room.ask(2)
    assert (await room.ask(1)) != ""  # the same delivery again


@time_machine.travel(EVENING, tick=False)
async def test_a_person_asks_only_so_often_in_an_hour(room: Room) -> None:
    await room.set(WORKSPACE, PlaceSettings(questions_per_hour=2))
    await room.ask(1)
    await room.ask(2)

    with pytest.raises(OverLimit, match=r"You may ask 2 questions an hour; .* 02:00 \(UTC\)"):
        await room.ask(3)
    with time_machine.travel(datetime(2026, 11, 25, 2, 0, tzinfo=UTC), tick=False):
        await room.ask(3)


async def test_an_estimate_is_kept_with_the_council_and_caps_it_if_money_is_limited(
    room: Room,
) -> None:
    free = await room.records.load(await room.ask(1, Mode.THOROUGH))
    await room.set(CHANNEL, PlaceSettings(limits=Limits(usd_day=5.0)))
    capped = await room.records.load(await room.ask(2, Mode.THOROUGH))

    thorough = replace(COUNCIL, mode=Mode.THOROUGH)
    assert free.estimate == capped.estimate == estimated(QUESTION, thorough, PRICES.models)
    assert capped.estimate != Estimate(0, 0)
    assert (free.is_capped, capped.is_capped) == (False, True)


async def test_models_without_a_price_are_refused_by_setting(room: Room) -> None:
    members = (*COUNCIL.members, Seat("Odd", "own/x"))
    await room.set(CHANNEL, PlaceSettings(members=members))
    await room.ask(1)
    await room.set(WORKSPACE, PlaceSettings(refuses_unknown_prices=True))

    with pytest.raises(OverLimit, match="Nobody knows what own/x costs"):
        await room.ask(2)

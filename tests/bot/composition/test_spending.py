"""What the operator limits, and what is done beside the councils of a service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.composition.sweeping import sweeping
from bot.composition.team import open_team
from bot.composition.workspaces import Workspaces
from bot.config import Settings, Wish, load, rehearsal_council
from bot.domain import Limits, PlaceSettings, Spent, Tenant
from bot.errors import ModelError, StorageError
from bot.ports import ModelInfo, ModelRequest
from bot.storage.database import Database, open_database
from bot.team.asking import Team
from bot.team.spending.halting import Halting
from bot.team.spending.metered import metered
from bot.team.terms import merged
from tests.contracts.budgets import ACME, MOST, a_council, cap
from tests.contracts.records import a_synthesis
from tests.fakes.council import COUNCIL, deliberation
from tests.fakes.models import FakeModels, Says
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.team.keys import FakeProviderKeys
from tests.fakes.virtual import virtual

LIMITS = """\
[limits]
usd_day = 5
usd_month = 50.5
councils_day = 20
councils_month = 300
questions_per_hour = 10
unknown_prices = "refuse"
"""


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncGenerator[Database]:
    async with open_database(sqlite_url) as opened:
        yield opened


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "council.toml").write_text(LIMITS)
    return load()


def opened(settings: Settings, database: Database) -> Team:
    seating = rehearsal_council(settings, Wish())
    workspaces = Workspaces(
        FakeProviderKeys(), FakeCatalog(), lambda _: FakeModels(lambda _: Says(""))
    )
    return open_team(settings, database, seating, workspaces)


async def test_the_operators_limits_hold_for_each_workspace(
    sqlite_database: Database, limited: Settings
) -> None:

    usual = opened(limited, sqlite_database).usual

    assert usual.operator == Limits(5.0, 50.5, 20, 300)
    assert usual.questions_per_hour == 10
    assert usual.refuses_unknown_prices
    assert usual.workspace == usual.channel == Limits()


async def test_a_workspace_may_not_lift_what_the_operator_limits(
    sqlite_database: Database, limited: Settings
) -> None:
    usual = opened(limited, sqlite_database).usual
    generous = PlaceSettings(
        limits=Limits(usd_day=999.0), questions_per_hour=99, refuses_unknown_prices=False
    )

    terms = merged(usual, generous, PlaceSettings())

    assert (terms.questions_per_hour, terms.refuses_unknown_prices) == (10, True)
    assert terms.operator.usd_day == 5.0
    strict = merged(usual, PlaceSettings(questions_per_hour=2), PlaceSettings())
    assert strict.questions_per_hour == 2


@virtual
async def test_what_councils_cost_is_settled_within_a_second_or_two() -> None:
    records = FakeRecords()
    team = fake_team(COUNCIL, records)
    async with sweeping(team):
        new = await records.create(a_council(), caps=[cap("day")])
        await asyncio.sleep(3)
        before = await team.budgets.spent(ACME, ["day"])
        await records.save(new, [a_synthesis()])
        await asyncio.sleep(2)
        after = await team.budgets.spent(ACME, ["day"])

    assert (before, after) == ({"day": Spent(MOST, 1)}, {"day": Spent(0, 1)})


@virtual
async def test_a_silent_database_is_asked_again() -> None:
    records = FakeRecords()
    team = fake_team(COUNCIL, records)
    new = await records.create(a_council(), caps=[cap("day")])
    await records.save(new, [a_synthesis()])
    records.fault = StorageError("The database cannot be reached.")
    async with sweeping(team):
        await asyncio.sleep(5)
        records.fault = None
        await asyncio.sleep(2)

    assert await team.budgets.spent(ACME, ["day"]) == {"day": Spent(0, 1)}


@virtual
async def test_prices_that_stand_in_lists_alone_are_known_soon_after_a_start() -> None:
    class Unread(FakeCatalog):
        """A catalog that knows prices once its lists were read."""

        is_read = False

        async def find(self, tenant: Tenant, words: str, *, limit: int) -> tuple[ModelInfo, ...]:
            self.is_read = True
            return await super().find(tenant, words, limit=limit)

    catalog = Unread()
    async with sweeping(replace(fake_team(COUNCIL, FakeRecords()), catalog=catalog)):
        await asyncio.sleep(1)

    assert catalog.is_read


@virtual
async def test_running_councils_stop_paying_within_a_second_of_a_halt() -> None:
    team = fake_team(COUNCIL, FakeRecords())
    fake = FakeModels(lambda _: Says("late", 60.0))
    async with sweeping(team) as halting:
        out = asyncio.create_task(asked(fake, halting))
        await asyncio.sleep(5)
        await team.switch.halt("Enough.")
        done, _ = await asyncio.wait([out], timeout=1.0)

    assert done
    assert isinstance(out.exception(), ModelError)


@virtual
async def test_a_halt_is_known_before_anything_runs() -> None:
    team = fake_team(COUNCIL, FakeRecords())
    await team.switch.halt("Enough.")

    fake = FakeModels(lambda _: Says("42"))

    async with sweeping(team) as halting:
        with pytest.raises(ModelError, match="Enough"):
            await asked(fake, halting)

    assert fake.requests == []


async def asked(fake: FakeModels, halting: Halting) -> None:
    models = metered(replace(deliberation()), fake, catalog=FakeCatalog(), halting=halting)
    await models.complete(ModelRequest("test/a", "", "Why?", "answer", 90.0))

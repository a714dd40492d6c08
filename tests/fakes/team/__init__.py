"""What a team sets and spends, in memory."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain import Council, Place, PlaceSettings, SettingsChange, Terms
from bot.team.asking import Team
from tests.fakes.records import FakeRecords
from tests.fakes.team.archive import FakeArchive, FakeStatistics
from tests.fakes.team.budgets import FakeBudgets, FakeSwitch
from tests.fakes.team.catalog import FakeCatalog
from tests.fakes.team.keys import FakeProviderKeys
from tests.fakes.team.schedules import FakeSchedules
from tests.fakes.team.settings import FakeTeamSettings


def fake_team(council: Council, records: FakeRecords) -> Team:
    """Return a team that has set nothing; `council` is the operator's."""
    settings = FakeTeamSettings()
    return Team(
        usual=Terms(council),
        settings=settings,
        budgets=FakeBudgets(records),
        switch=FakeSwitch(),
        keys=FakeProviderKeys(),
        catalog=FakeCatalog(),
        schedules=FakeSchedules(),
        statistics=FakeStatistics(records),
        archive=FakeArchive(records, settings),
    )


async def set_in(team: Team, place: Place, settings: PlaceSettings) -> None:
    """Set something for a channel, or without one for its workspace."""
    workspace, channel = await team.settings.at(place)
    number = (channel if place.channel else workspace).number
    change = SettingsChange(place.channel, "U9", "Ada", datetime.now(UTC), ("Changed.",))
    await team.settings.change(place, settings, change, number=number)

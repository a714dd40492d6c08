"""The fake of a team's settings keeps to the contract too."""

from __future__ import annotations

import pytest

from bot.ports import TeamSettings
from tests.contracts.team_settings import TeamSettingsContract
from tests.fakes.team.settings import FakeTeamSettings


class TestFakeTeamSettings(TeamSettingsContract):
    @pytest.fixture
    def settings(self) -> TeamSettings:
        return FakeTeamSettings()

"""The fake keeps to the contract too."""

from __future__ import annotations

import pytest

from bot.ports import Schedules
from tests.contracts.schedules import SchedulesContract
from tests.fakes.team.schedules import FakeSchedules


class TestFakeSchedules(SchedulesContract):
    @pytest.fixture
    def schedules(self) -> Schedules:
        return FakeSchedules()

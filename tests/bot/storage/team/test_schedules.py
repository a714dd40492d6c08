"""Schedules on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import Schedules
from bot.storage.database import Database
from bot.storage.team.schedules import SqlSchedules
from tests.contracts.schedules import HERE, SchedulesContract, a_schedule


class TestSqlSchedules(SchedulesContract):
    @pytest.fixture
    def schedules(self, database: Database) -> Schedules:
        return SqlSchedules(database)

    async def test_what_a_database_refuses_is_cleaned(self, schedules: Schedules) -> None:
        await schedules.add(a_schedule())

        saved = await schedules.save(replace(a_schedule(), question="Why\0 \ud800?"))

        assert saved == await schedules.get(HERE, "s1")
        assert "\0" not in saved.question

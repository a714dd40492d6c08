"""A team's settings on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain import Edition, Mode, PlaceSettings
from bot.ports import TeamSettings
from bot.storage.database import Database
from bot.storage.team.settings import SqlTeamSettings
from tests.contracts.team_settings import PLACE, TeamSettingsContract


class TestSqlTeamSettings(TeamSettingsContract):
    @pytest.fixture
    def settings(self, database: Database) -> TeamSettings:
        return SqlTeamSettings(database)

    async def test_settings_of_an_older_version_are_read(
        self, settings: TeamSettings, database: Database
    ) -> None:
        def write(connection: Connection) -> None:
            connection.exec_driver_sql(
                "INSERT INTO place_settings (platform, workspace, channel, settings, number) "
                """VALUES ('slack', 'T1', 'C1', '{"mode": "fast"}', 7)"""
            )

        await database.write(write)

        assert await settings.at(PLACE) == (Edition(), Edition(PlaceSettings(mode=Mode.FAST), 7))

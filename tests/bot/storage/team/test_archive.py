"""Forgetting and exporting on both databases."""

from __future__ import annotations

import pytest

from bot.ports import Archive, Exports, Records, TeamSettings
from bot.storage.database import Database
from bot.storage.records import SqlRecords
from bot.storage.team.archive import SqlArchive
from bot.storage.team.exports import SqlExports
from bot.storage.team.settings import SqlTeamSettings
from tests.contracts.archive import ArchiveContract, ExportsContract, MakeArchive


class TestSqlArchive(ArchiveContract):
    @pytest.fixture
    def records(self, database: Database) -> Records:
        return SqlRecords(database)

    @pytest.fixture
    def settings(self, database: Database) -> TeamSettings:
        return SqlTeamSettings(database)

    @pytest.fixture
    def make_archive(self, database: Database) -> MakeArchive:
        def make(retention_days: int | None) -> Archive:
            return SqlArchive(database, retention_days=retention_days)

        return make


class TestSqlExports(ExportsContract):
    @pytest.fixture
    def records(self, database: Database) -> Records:
        return SqlRecords(database)

    @pytest.fixture
    def exports(self, database: Database) -> Exports:
        return SqlExports(database)

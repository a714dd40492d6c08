"""The fakes keep to the contracts too."""

from __future__ import annotations

import pytest

from bot.ports import Archive, Exports, Records, TeamSettings
from tests.contracts.archive import ArchiveContract, ExportsContract, MakeArchive
from tests.fakes.records import FakeRecords
from tests.fakes.team.archive import FakeArchive, FakeExports
from tests.fakes.team.settings import FakeTeamSettings


class TestFakeArchive(ArchiveContract):
    @pytest.fixture
    def records(self) -> Records:
        self.known = FakeRecords()
        return self.known

    @pytest.fixture
    def settings(self) -> TeamSettings:
        return FakeTeamSettings()

    @pytest.fixture
    def make_archive(self, records: Records, settings: TeamSettings) -> MakeArchive:
        def make(retention_days: int | None) -> Archive:
            return FakeArchive(self.known, settings, retention_days=retention_days)

        return make


class TestFakeExports(ExportsContract):
    @pytest.fixture
    def records(self) -> Records:
        self.known = FakeRecords()
        return self.known

    @pytest.fixture
    def exports(self, records: Records) -> Exports:
        return FakeExports(self.known)

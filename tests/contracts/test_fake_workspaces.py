"""The fakes keep to the contracts too."""

from __future__ import annotations

import pytest

from bot.ports import Feedback, Installations, Pace, Pins, Records, Tickets
from tests.contracts.workspaces import (
    FeedbackContract,
    InstallationsContract,
    PaceContract,
    PinsContract,
    TicketsContract,
)
from tests.fakes.records import FakeRecords
from tests.fakes.workspaces import (
    FakeFeedback,
    FakeInstallations,
    FakePace,
    FakePins,
    FakeTickets,
)


class TestFakeInstallations(InstallationsContract):
    @pytest.fixture
    def installations(self) -> Installations:
        return FakeInstallations()


class TestFakeTickets(TicketsContract):
    @pytest.fixture
    def tickets(self) -> Tickets:
        return FakeTickets()


class TestFakePins(PinsContract):
    @pytest.fixture
    def pins(self) -> Pins:
        return FakePins()


class TestFakeFeedback(FeedbackContract):
    @pytest.fixture
    def records(self) -> Records:
        self.known = FakeRecords()
        return self.known

    @pytest.fixture
    def feedback(self, records: Records) -> Feedback:
        self.fake = FakeFeedback(self.known)
        return self.fake

    async def thumbs(self, feedback: Feedback, deliberation_id: str) -> dict[str, bool]:
        return dict(self.fake.thumbs[deliberation_id])


class TestFakePace(PaceContract):
    @pytest.fixture
    def pace(self) -> Pace:
        return FakePace()

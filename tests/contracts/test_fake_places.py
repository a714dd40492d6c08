"""The fake keeps to the contract too."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.ports import Places
from tests.contracts.places import PlacesContract
from tests.fakes.places import FakePlaces


class TestFakePlaces(PlacesContract):
    @pytest.fixture
    def processes(self) -> Sequence[Places]:
        return [FakePlaces()] * 2

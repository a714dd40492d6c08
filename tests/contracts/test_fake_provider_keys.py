"""The fake keeps to the contract too."""

from __future__ import annotations

import pytest

from bot.ports import ProviderKeys
from tests.contracts.provider_keys import ProviderKeysContract
from tests.fakes.team.keys import FakeProviderKeys


class TestFakeProviderKeys(ProviderKeysContract):
    @pytest.fixture
    def keys(self) -> ProviderKeys:
        return FakeProviderKeys()

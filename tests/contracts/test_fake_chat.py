from __future__ import annotations

import pytest

from tests.contracts.chat import ChatContract
from tests.fakes.chat import FakeChat


class TestFakeChat(ChatContract):
    @pytest.fixture
    def chat(self) -> FakeChat:
        return FakeChat()

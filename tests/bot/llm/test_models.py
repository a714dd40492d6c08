from __future__ import annotations

import pytest

from tests.contracts.models import ModelsContract
from tests.fakes.model_server import ModelServer, Script


class TestChatCompletions(ModelsContract):
    @pytest.fixture
    def model(self, server: ModelServer) -> str:
        server.scripts["model-a"] = Script()
        return "work/model-a"


class TestMessages(ModelsContract):
    @pytest.fixture
    def model(self, server: ModelServer) -> str:
        server.scripts["model-a"] = Script()
        return "claude/model-a"

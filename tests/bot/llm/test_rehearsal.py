from __future__ import annotations

import pytest

from bot.llm.rehearsal import CHAIRMAN, MEMBERS, RehearsalModels
from tests.contracts.models import ModelsContract


class TestRehearsalModels(ModelsContract):
    @pytest.fixture
    def models(self) -> RehearsalModels:
        return RehearsalModels(pace=0)

    @pytest.fixture(params=[*MEMBERS, CHAIRMAN])
    def model(self, request: pytest.FixtureRequest) -> str:
        return request.param

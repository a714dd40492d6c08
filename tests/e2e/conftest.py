"""The program on a bare machine, with a model server behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.model_server import ModelServer
from tests.launcher import Launcher
from tests.program import Program, make_bare


@pytest.fixture
async def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, launcher: Launcher
) -> AsyncGenerator[Program]:
    """Give the program in a folder of its own."""
    make_bare(tmp_path, monkeypatch)
    async with ModelServer() as server:
        yield Program(tmp_path, server, launcher.start)

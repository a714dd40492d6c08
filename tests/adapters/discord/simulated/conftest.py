"""The bot on simcord."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from tests.adapters.discord.simulated.stage import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncGenerator[Stage]:
    """Give the bot on another model of Discord."""
    async with open_stage() as stage:
        yield stage

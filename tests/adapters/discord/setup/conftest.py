"""A Discord to set the bot up in."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import open_http
from tests.fakes.discord.server import DiscordServer
from tests.fakes.workspaces import FakePace


@pytest.fixture
async def discord() -> AsyncGenerator[DiscordServer]:
    """Give a Discord whose limits refill fast."""
    async with DiscordServer(speed=20) as server:
        yield server


@pytest.fixture
async def api(discord: DiscordServer) -> AsyncGenerator[DiscordApi]:
    async with open_http(discord.token, discord.api_url) as http:
        yield DiscordApi(http, FakePace())

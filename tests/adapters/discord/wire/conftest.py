"""A Discord to call and to listen to, with a channel and a person."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from adapters.discord.wire.http import DiscordHttp, open_http
from tests.adapters.discord.wire.ears import SPEED, Ears
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.server import DiscordServer


@pytest.fixture
async def discord() -> AsyncGenerator[DiscordServer]:
    """Give a Discord whose limits refill fast."""
    async with DiscordServer(speed=SPEED) as server:
        yield server


@pytest.fixture
def channel(discord: DiscordServer) -> Channel:
    return discord.add_channel("general")


@pytest.fixture
def ada(discord: DiscordServer) -> Person:
    return discord.add_person("Ada")


@pytest.fixture
async def http(discord: DiscordServer) -> AsyncGenerator[DiscordHttp]:
    async with open_http(discord.token, discord.api_url) as http:
        yield http


@pytest.fixture
def ears(http: DiscordHttp) -> Ears:
    return Ears(http)

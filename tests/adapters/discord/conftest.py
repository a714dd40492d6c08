"""The bot in a fake Discord that enforces Discord's limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.discord.wire.http import open_http
from tests.adapters.discord.desk import Desk
from tests.adapters.discord.lobby import Lobby, open_lobby
from tests.adapters.discord.office import Office, make_fast
from tests.adapters.stage import SPEED
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.server import DiscordServer
from tests.fakes.model_server import ModelServer


@pytest.fixture
async def discord() -> AsyncGenerator[DiscordServer]:
    """Give a Discord whose limits reset fast, and in which the bot may read what people write."""
    async with DiscordServer(speed=SPEED) as server:
        server.allowed_intents = Intent.MESSAGE_CONTENT
        yield server


@pytest.fixture
async def models() -> AsyncGenerator[ModelServer]:
    """Give good models that answer at once."""
    async with ModelServer() as server:
        yield server


@pytest.fixture
def office(
    discord: DiscordServer,
    models: ModelServer,
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """Give a server with a channel and a person; the bot is not running yet."""
    make_fast(monkeypatch)
    channel = discord.add_channel("general")
    ada = discord.add_person("Ada")
    return Office(
        discord=discord,
        models=models,
        folder=tmp_path,
        database_url=sqlite_url,
        channel=channel,
        ada=ada,
    )


@pytest.fixture
async def desk(discord: DiscordServer) -> AsyncGenerator[Desk]:
    """Give a chat in a channel, without the program around it and without limits of pace."""
    channel, ada = discord.add_channel("general"), discord.add_person("Ada")
    discord.is_throttling = False
    async with open_http(discord.token, discord.api_url) as http:
        yield Desk(discord, http, channel, ada)


@pytest.fixture
async def lobby(discord: DiscordServer) -> AsyncGenerator[Lobby]:
    """Give the ways in, in front of a council that never answers."""
    async with open_lobby(discord) as lobby:
        yield lobby

"""The bot in a fake Slack that enforces Slack's limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.slack.wire.access import OneWorkspace, examined
from adapters.slack.wire.http import open_http
from tests.adapters.slack.desk import Desk
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.adapters.slack.office import Office, make_fast
from tests.adapters.stage import SPEED
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    """Give a Slack whose limits refill fast."""
    async with SlackServer(speed=SPEED) as server:
        yield server


@pytest.fixture
async def models() -> AsyncGenerator[ModelServer]:
    """Give good models that answer at once."""
    async with ModelServer() as server:
        yield server


@pytest.fixture
def office(
    slack: SlackServer,
    models: ModelServer,
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """Give a workspace with a channel and a person; the bot is not running yet."""
    make_fast(monkeypatch)
    channel = slack.add_channel("general")
    kim = slack.add_person("kim")
    return Office(
        slack=slack,
        models=models,
        folder=tmp_path,
        database_url=sqlite_url,
        channel=channel,
        kim=kim,
    )


@pytest.fixture
async def desk(slack: SlackServer) -> AsyncGenerator[Desk]:
    """Give a chat in a channel, without the program around it and without limits of pace."""
    channel, kim = slack.add_channel("general"), slack.add_person("kim")
    slack.is_throttling = False
    async with open_http(slack.api_url) as http:
        tokens = OneWorkspace(await examined(http, slack.workspace.bot_token))
        yield Desk(slack, http, tokens, channel, kim)


@pytest.fixture
async def lobby(slack: SlackServer) -> AsyncGenerator[Lobby]:
    """Give the ways in, in front of a council that never answers."""
    async with open_lobby(slack) as lobby:
        yield lobby

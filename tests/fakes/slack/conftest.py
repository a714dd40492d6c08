"""A Slack with a channel and a person, and a client with the bot's token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import Heard, build, over_http, over_socket
from tests.fakes.slack.server import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as slack:
        yield slack


@pytest.fixture
def channel(slack: SlackServer) -> Channel:
    return slack.add_channel("general")


@pytest.fixture
def ada(slack: SlackServer) -> Person:
    return slack.add_person("Ada")


@pytest.fixture
def client(slack: SlackServer) -> Any:  # slack_sdk is not fully typed
    return AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=["http", "socket"])
async def app(
    request: pytest.FixtureRequest, slack: SlackServer, heard: Heard
) -> AsyncIterator[None]:
    built = build(slack, heard)
    async with AsyncExitStack() as stack:
        over = over_http if request.param == "http" else over_socket
        await stack.enter_async_context(over(slack, built))
        yield


@pytest.fixture
async def http(slack: SlackServer, heard: Heard) -> AsyncIterator[None]:
    async with over_http(slack, build(slack, heard)):
        yield

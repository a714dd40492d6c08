"""Connections of the real Socket Mode client."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.records import Channel, Person
from tests.fakes.slack.sample_app import (
    Heard,
    build,
    over_socket,
)
from tests.fakes.slack.server import SlackServer


async def test_payloads_go_to_one_connection_in_turn(
    slack: SlackServer, channel: Channel, ada: Person
) -> None:
    first, second = Heard(), Heard()

    async with (
        over_socket(slack, build(slack, first)),
        over_socket(slack, build(slack, second)),
    ):
        for number in range(4):
            await slack.command(str(number), channel=channel, person=ada)

    assert [len(heard.all) for heard in (first, second)] == [2, 2]


async def test_an_eleventh_connection_is_refused(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        client: Any = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
        sockets: list[aiohttp.ClientWebSocketResponse] = []
        for _ in range(11):
            answer = await client.apps_connections_open(app_token=slack.app_token)
            socket = await stack.enter_async_context(session.ws_connect(answer["url"]))
            sockets.append(socket)
        hellos = [json.loads(await socket.receive_str()) for socket in sockets]

    assert [hello["type"] for hello in hellos] == ["hello"] * 10 + ["disconnect"]
    assert hellos[-1]["reason"] == "too_many_websockets"


async def test_a_ticket_is_good_for_one_connection(slack: SlackServer) -> None:
    client: Any = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]

    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)

    assert refused.value.status == 403


async def test_the_client_comes_back_after_a_disconnect(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    async with over_socket(slack, build(slack, heard)):
        await slack.disconnect("refresh_requested")
        await slack.until(lambda: slack.connections == 1)

        reply = await slack.command("x", channel=channel, person=ada)

    assert reply.is_acknowledged
    assert slack.count("apps.connections.open") == 2


async def test_the_client_comes_back_after_a_broken_line(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    async with over_socket(slack, build(slack, heard)):
        await slack.drop_sockets(0.3)
        assert (await slack.command("x", channel=channel, person=ada)).status == 0
        await slack.until(lambda: slack.connections == 1)

        reply = await slack.command("y", channel=channel, person=ada)

    assert reply.is_acknowledged
    assert "http 503" in {call.error for call in slack.calls}


async def test_an_event_whose_connection_breaks_is_retried(
    slack: SlackServer, channel: Channel, ada: Person, heard: Heard
) -> None:
    heard.pauses_s = [30]  # it never gets to acknowledge
    slack.retry_delays_s = (0.5, 0.5, 0.5)

    async with over_socket(slack, build(slack, heard)):
        mention = asyncio.create_task(slack.mention("x", channel=channel, person=ada))
        await slack.until(lambda: heard.headers)
        await slack.drop_sockets(0)
        assert (await mention).status == 0
        await slack.until(lambda: slack.retries and slack.retries[-1].reply.is_acknowledged)

    assert slack.retries[0].reason == "connection_failed"

"""Connections to the gateway, frame by frame."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.fakes.discord.intents import Intent
from tests.fakes.discord.server import DiscordServer
from tests.fakes.shapes import Json

PLAIN = "?v=10&encoding=json"


@asynccontextmanager
async def plain(
    discord: DiscordServer, query: str = PLAIN
) -> AsyncGenerator[ClientWebSocketResponse]:
    """Open a connection without compression and take its HELLO."""
    async with ClientSession() as session, session.ws_connect(discord.gateway_url + query) as ws:
        hello = await ws.receive_json()
        assert hello["op"] == 10
        yield ws


def identify(discord: DiscordServer, **more: object) -> Json:
    intents = int(Intent.GUILDS | Intent.GUILD_MESSAGES)
    return {"op": 2, "d": {"token": discord.token, "intents": intents, **more}}


async def close_code(ws: ClientWebSocketResponse) -> int | None:
    while (await ws.receive()).type is WSMsgType.TEXT:
        pass
    return ws.close_code


async def test_heartbeats_are_answered_and_missed(discord: DiscordServer) -> None:
    discord.heartbeat_interval_s = 0.1

    async with plain(discord) as ws:
        for _ in range(3):
            await ws.send_json({"op": 1, "d": None})
            assert await ws.receive_json() == {"op": 11}
            await asyncio.sleep(0.08)
        assert await close_code(ws) == 4000


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"op": 99}, 4001),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 2, "d": {"token": "wrong", "intents": 0}}, 4004),
        ({"op": 1, "d": "x" * 4096}, 4002),
    ],
)
async def test_bad_frames_close_the_connection(
    discord: DiscordServer, frame: Json, code: int
) -> None:
    async with plain(discord) as ws:
        await ws.send_str(json.dumps(frame))
        assert await close_code(ws) == code


@pytest.mark.parametrize(
    ("more", "code"),
    [({"shard": [2, 2]}, 4010), ({"intents": 1 << 30}, 4013), ({"intents": 1 << 15}, 4014)],
)
async def test_bad_identifies_close_the_connection(
    discord: DiscordServer, more: Json, code: int
) -> None:
    async with plain(discord) as ws:
        await ws.send_json(identify(discord, **more))
        assert await close_code(ws) == code


async def test_too_many_guilds_need_shards(discord: DiscordServer) -> None:
    discord.guilds_per_shard = 1
    discord.add_guild("Beta")

    async with plain(discord) as ws:
        await ws.send_json(identify(discord))
        assert await close_code(ws) == 4011


async def test_a_second_identify_and_a_wrong_sequence(discord: DiscordServer) -> None:
    async with plain(discord) as ws:
        await ws.send_json(identify(discord))
        ready = await ws.receive_json()
        await ws.send_json(identify(discord))
        assert await close_code(ws) == 4005
    resume = {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": 99}
    async with plain(discord) as ws:
        await ws.send_json({"op": 6, "d": resume})
        assert await close_code(ws) == 4007


@pytest.mark.parametrize(("code", "is_left"), [(1000, False), (1001, False), (4000, True)])
async def test_a_client_may_end_its_session(
    discord: DiscordServer, code: int, *, is_left: bool
) -> None:
    async with plain(discord) as ws:
        await ws.send_json(identify(discord))
        await ws.receive_json()
        await ws.close(code=code)

    await discord.until(lambda: discord.connections == 0)
    assert discord.sessions[0].is_valid is is_left


async def test_an_unknown_session_cannot_be_resumed(discord: DiscordServer) -> None:
    resume = {"token": discord.token, "session_id": "unknown", "seq": 1}

    async with plain(discord) as ws:
        await ws.send_json({"op": 6, "d": resume})
        assert await ws.receive_json() == {"op": 9, "d": False}


async def test_a_resume_takes_over_from_a_connection_that_is_still_there(
    discord: DiscordServer,
) -> None:
    async with plain(discord) as old, plain(discord) as new:
        await old.send_json(identify(discord))
        ready = await old.receive_json()
        resume = {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": 1}
        await new.send_json({"op": 6, "d": resume})

        assert (await new.receive_json())["t"] == "GUILD_CREATE"
        async with asyncio.timeout(2):
            assert await close_code(old) == 4000
        assert discord.connections == 1


async def test_an_invalidated_session_cannot_be_resumed(discord: DiscordServer) -> None:
    async with plain(discord) as ws:
        await ws.send_json(identify(discord))
        ready = await ws.receive_json()
        await discord.invalidate(resumable=False)
        await ws.close(code=4000)
    resume = {"token": discord.token, "session_id": ready["d"]["session_id"], "seq": 1}

    async with plain(discord) as ws:
        await ws.send_json({"op": 6, "d": resume})
        assert await ws.receive_json() == {"op": 9, "d": False}


async def test_a_flood_is_cut_off(discord: DiscordServer) -> None:
    async with plain(discord) as ws:
        for _ in range(121):
            await ws.send_json({"op": 1, "d": None})
        assert await close_code(ws) == 4008


@pytest.mark.parametrize("query", ["?v=9&encoding=json", "?v=10&encoding=etf"])
async def test_other_versions_and_encodings_are_refused(discord: DiscordServer, query: str) -> None:
    async with ClientSession() as session, session.ws_connect(discord.gateway_url + query) as ws:
        assert await close_code(ws) == 4012


async def test_a_bug_of_the_gateway_is_a_violation(discord: DiscordServer) -> None:
    async with plain(discord) as ws:
        await ws.send_json(identify(discord, shard="first"))
        await discord.until(lambda: discord.violations)

    assert discord.violations[0].startswith("gateway: broken: Traceback")
    discord.violations.clear()

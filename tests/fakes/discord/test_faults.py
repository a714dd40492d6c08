"""Faults, as the real discord.py meets them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import aiohttp
import pytest

from tests.fakes.discord import faults
from tests.fakes.discord.library import DiscordServerError, HTTPException
from tests.fakes.discord.records import Channel
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal
from tests.fakes.discord.server import DiscordServer

POST = "POST /channels/{id}/messages"


async def test_a_429_is_waited_for(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    discord.faults.add(POST, faults.rate_limited(retry_after=0.1), times=2)

    started_s = time.monotonic()
    await channel_of(rest, channel).send("x")

    assert time.monotonic() - started_s >= 0.2
    assert [call.status for call in discord.calls[-3:]] == [429, 429, 200]
    assert discord.throttled == []
    assert len(discord.invalid_requests) == 2


async def test_a_global_429_and_a_shared_one(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.faults.add(POST, faults.rate_limited(0.01, is_global=True))
    discord.faults.add(POST, faults.rate_limited(0.01, scope="shared"))

    await channel_of(rest, channel).send("x")

    assert len(channel.messages) == 1
    assert [call.is_shared for call in discord.calls[-3:]] == [False, True, False]
    assert len(discord.invalid_requests) == 1


async def test_a_ban_is_no_rate_limit(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    discord.faults.add(POST, faults.cloudflare_ban())

    assert (await refusal(channel_of(rest, channel).send("x")))[0] == 429
    assert discord.count(POST) == 1


@pytest.mark.parametrize("status", [500, 502, 504, 524])
async def test_discord_py_retries_some_server_errors(
    discord: DiscordServer,
    channel: Channel,
    rest: Bot,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    sleep = asyncio.sleep

    async def doze(delay: float, *_: object) -> None:
        await sleep(min(delay, 0.01))

    discord.faults.add(POST, faults.status(status))
    monkeypatch.setattr(asyncio, "sleep", doze)

    await channel_of(rest, channel).send("x")

    assert [call.status for call in discord.calls[-2:]] == [status, 200]


async def test_a_503_is_not_retried(discord: DiscordServer, channel: Channel, rest: Bot) -> None:
    discord.faults.add(POST, faults.status(503))

    with pytest.raises(DiscordServerError):
        await channel_of(rest, channel).send("x")

    assert discord.count(POST) == 1


async def test_an_answer_lost_after_the_effect(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.faults.add(POST, faults.lost_after_effect())

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel_of(rest, channel).send("x", nonce="n1")

    assert [message.content for message in channel.messages] == ["x"]
    assert (discord.calls[-1].status, discord.calls[-1].is_lost) == (0, True)
    again = await channel_of(rest, channel).send("x", nonce="n1")
    assert [message.id for message in channel.messages] == [again.id]


async def test_a_call_lost_before_the_effect(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.faults.add(POST, faults.lost_before_effect())

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel_of(rest, channel).send("x")

    assert channel.messages == []


@pytest.mark.parametrize("does_work", [True, False])
async def test_silence(
    discord: DiscordServer, channel: Channel, rest: Bot, *, does_work: bool
) -> None:
    discord.faults.add(POST, faults.silence(30, does_work=does_work))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await channel_of(rest, channel).send("x")

    assert len(channel.messages) == does_work


async def test_a_slow_effect_comes_after_the_client_gave_up(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.faults.add(POST, faults.slow(0.2))

    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await channel_of(rest, channel).send("x")

    assert channel.messages == []
    await discord.until(lambda: channel.messages)


@pytest.mark.parametrize(
    ("code", "status"),
    [(50013, 403), (10008, 404), (30003, 400), (50083, 400), (50001, 403), (10003, 404)],
)
async def test_errors_have_the_status_that_belongs_to_them(
    discord: DiscordServer, channel: Channel, rest: Bot, code: int, status: int
) -> None:
    discord.faults.add(POST, faults.error(code))

    assert await refusal(channel_of(rest, channel).send("x")) == (status, code)
    assert discord.calls[-1].code == code
    assert discord.violations == []


async def test_faults_can_be_skipped_repeated_and_chosen(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.is_throttling = False
    discord.faults.add(POST, faults.error(50013), skip=1, times=2)
    discord.faults.add(
        "*", faults.error(50001), times=None, when=lambda call: call.body.get("content") == "bad"
    )

    for text in ("a", "b", "c", "d", "bad", "bad", "e"):
        with suppress(HTTPException):
            await channel_of(rest, channel).send(text)

    codes = [call.code for call in discord.calls if call.route == POST]
    assert codes == [None, 50013, 50013, None, 50001, 50001, None]
    discord.faults.clear()
    await channel_of(rest, channel).send("bad")


async def test_leaving_the_server_ends_what_is_silent() -> None:
    async with DiscordServer() as discord, aiohttp.ClientSession() as session:
        discord.faults.add("GET /users/@me", faults.silence(60))
        waiting = asyncio.create_task(session.get(f"{discord.api_url}/users/@me"))
        await discord.until(lambda: discord.calls)

        await discord.__aexit__(None, None, None)

        with pytest.raises(aiohttp.ClientError):
            await waiting

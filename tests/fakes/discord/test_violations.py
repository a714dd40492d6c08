"""What makes a test fail when it leaves the server, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.fakes.discord.asked import Endpoint
from tests.fakes.discord.library import LoginFailure
from tests.fakes.discord.records import Channel
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal
from tests.fakes.discord.server import DiscordServer

QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}


async def call(discord: DiscordServer, method: str, path: str, **more: Any) -> int:
    headers = {"Authorization": f"Bot {discord.token}"}
    async with (
        ClientSession(headers=headers) as session,
        session.request(method, f"{discord.api_url}{path}", **more) as response,
    ):
        await response.read()
        return response.status


async def test_leaving_with_violations_fails() -> None:
    with pytest.raises(AssertionError, match="Discord's rules were broken:\nGET /nowhere: unkn"):
        async with DiscordServer() as discord:
            assert await call(discord, "GET", "/nowhere") == 404


async def test_an_error_of_the_test_stays_the_error() -> None:
    async def fail() -> None:
        async with DiscordServer() as discord:
            discord.violate("POST /x", "50035: /content: too long")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as failed:
        await fail()

    assert "50035: /content" in failed.value.__notes__[0]


async def test_expected_errors_are_no_violations() -> None:
    async with DiscordServer() as discord:
        discord.expected_errors = {50035, "unknown_route"}
        discord.violate("POST /x", "50035: /content: too long")
        await call(discord, "GET", "/nowhere")

    assert len(discord.violations) == 2


async def test_a_route_without_a_rate_limit_is_a_violation(discord: DiscordServer) -> None:
    del discord.limits.rates["GET /gateway"]

    assert await call(discord, "GET", "/gateway") == 404

    assert discord.violations[0].startswith("GET /gateway: no_rate_limit")
    discord.violations.clear()


async def test_a_bug_of_the_server_is_a_violation(discord: DiscordServer) -> None:
    discord.endpoints["GET /gateway"] = Endpoint(lambda asked: asked.ids[5])

    assert await call(discord, "GET", "/gateway") == 500

    assert "broken: Traceback" in discord.violations[0]
    discord.violations.clear()


async def test_a_payload_that_breaks_a_rule(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    refused = await refusal(channel_of(rest, channel).send("x" * 2001))

    assert refused == (400, 50035)
    route = "POST /channels/{id}/messages"
    assert discord.violations == [f"{route}: 50035: /content: 2001 characters, not up to 2000"]
    assert channel.messages == []
    discord.violations.clear()


async def test_errors_point_at_the_field(discord: DiscordServer, channel: Channel) -> None:
    body: dict[str, Any] = {"embeds": [{"title": "x" * 257}], **QUIET}
    headers = {"Authorization": f"Bot {discord.token}"}
    url = f"{discord.api_url}/channels/{channel.id}/messages"

    async with ClientSession(headers=headers) as session, session.post(url, json=body) as answer:
        document = await answer.json()

    assert document["message"] == "Invalid Form Body"
    [error] = document["errors"]["embeds"]["0"]["title"]["_errors"]
    assert error["message"] == "257 characters, not up to 256"
    discord.violations.clear()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"data": "{", "headers": {"Content-Type": "application/json"}}, "50109"),
        ({"data": "x", "headers": {"Content-Type": "text/plain"}}, "50035"),
        ({"json": "text"}, "50035"),
    ],
)
async def test_unreadable_bodies(
    discord: DiscordServer, channel: Channel, more: dict[str, Any], code: str
) -> None:
    assert await call(discord, "POST", f"/channels/{channel.id}/messages", **more) == 400

    assert discord.violations[0].split(": ")[1] == code
    discord.violations.clear()


async def test_a_wrong_token_is_unauthorized(discord: DiscordServer) -> None:
    bot = Bot()

    with pytest.raises(LoginFailure):
        await bot.login("wrong")

    await bot.close()
    assert discord.calls[-1].status == 401
    assert discord.violations == []


async def test_too_many_invalid_requests_are_a_violation(discord: DiscordServer) -> None:
    discord.most_invalid = 2
    token, discord.token = discord.token, "another"
    headers = {"Authorization": f"Bot {token}"}

    async with ClientSession(headers=headers) as session:
        for _ in range(4):
            await session.get(f"{discord.api_url}/users/@me")

    assert len(discord.invalid_requests) == 4
    [violation] = discord.violations
    assert violation.startswith("GET /users/@me: too_many_invalid: more than 2")
    discord.violations.clear()


async def test_waiting_in_vain_says_how_things_stand(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    await channel_of(rest, channel).send("hello")

    with pytest.raises(AssertionError, match="hello"):
        await discord.until(lambda: False, patience_s=0.05)

"""Rate limits: the windows themselves, and what the real discord.py makes of them."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import ClientSession

from tests.fakes.discord.library import Interaction
from tests.fakes.discord.rates import RATES, Limits, Rate
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, logged_in, point_at
from tests.fakes.discord.server import DiscordServer
from tests.fakes.shapes import Json

POST = "POST /channels/{id}/messages"


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_window_begins_with_its_first_call() -> None:
    clock = Clock()
    limits = Limits(clock=clock)

    taken = [limits.take(POST, "1") for _ in range(6)]
    clock.now_s = 4.9
    early = limits.take(POST, "1")
    clock.now_s = 5.0
    late = limits.take(POST, "1")

    remaining = [standing.remaining for standing in taken if standing is not None]
    assert remaining == [4, 3, 2, 1, 0, 0]
    waits = [standing.wait_s for standing in (taken[4], taken[5], early, late) if standing]
    assert waits == [0, 5, pytest.approx(0.1), 0]


def test_buckets_are_apart_by_channel_and_together_by_name() -> None:
    limits = Limits(clock=Clock())
    pin, unpin = "PUT /channels/{id}/messages/pins/{id}", "DELETE /channels/{id}/pins/{id}"

    for _ in range(5):
        limits.take(pin, "1")

    here, there = limits.take(unpin, "1"), limits.take(unpin, "2")
    assert here is not None
    assert there is not None
    assert (here.wait_s, there.wait_s) == (5, 0)
    assert here.bucket == there.bucket


def test_everything_together_has_fifty_a_second() -> None:
    limits = Limits(clock=Clock())

    waits = [limits.take_overall().wait_s for _ in range(51)]

    assert waits == [0] * 50 + [1]


def test_every_route_of_the_server_has_a_rate() -> None:
    assert set(DiscordServer().endpoints) == set(RATES)


async def test_the_headers_tell_how_it_stands(discord: DiscordServer, channel: Channel) -> None:
    body: Json = {"content": "x", "allowed_mentions": {"parse": []}}
    url = f"{discord.api_url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {discord.token}"}

    async with ClientSession(headers=headers) as session:
        for left in (4, 3, 2, 1, 0):
            async with session.post(url, json=body) as response:
                assert response.headers["X-RateLimit-Remaining"] == str(left)
                assert response.headers["Content-Type"] == "application/json"
        async with session.post(url, json=body) as response:
            document = await response.json()

    assert response.status == 429
    assert response.headers["X-RateLimit-Scope"] == "user"
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Via"]
    assert 4 < document["retry_after"] <= 5
    assert document["global"] is False
    assert [call.route for call in discord.throttled] == [POST]
    assert len(discord.invalid_requests) == 1


async def test_discord_py_waits_for_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DiscordServer(speed=20) as discord:
        point_at(discord, monkeypatch)
        channel = discord.add_channel("general")
        async with logged_in(discord) as bot:
            started_s = time.monotonic()
            for number in range(7):
                await channel_of(bot, channel).send(str(number))

    assert time.monotonic() - started_s >= 0.2
    assert len(channel.messages) == 7
    assert discord.throttled == []


async def test_two_clients_hit_the_limit_that_they_share(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.limits.rates[POST] = Rate(1, 0.2)

    async with logged_in(discord) as other:
        await asyncio.gather(*(channel_of(bot, channel).send("x") for bot in (rest, other)))

    assert [call.route for call in discord.throttled] == [POST]
    assert len(channel.messages) == 2


async def test_the_global_limit_is_told_as_such(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.pass_time(1)
    discord.limits.overall = Rate(1, 0.1, "app", "global")

    await channel_of(rest, channel).send("one")
    await channel_of(rest, channel).send("two")

    assert len(discord.throttled) >= 1
    assert len(channel.messages) == 2


async def test_interactions_are_not_bound_to_the_global_limit(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.send_message("done")

    @bot.tree.command(name="hello", description="Hello")
    async def hello(interaction: Interaction) -> None:
        await answer(interaction)

    await bot.tree.sync()
    discord.limits.overall = Rate(0, 60, "app", "global")

    reply = await discord.command("hello", channel=channel, person=ada)

    assert reply.is_acknowledged
    assert discord.throttled == []


async def test_throttling_can_be_turned_off(
    discord: DiscordServer, channel: Channel, rest: Bot
) -> None:
    discord.is_throttling = False

    for _ in range(12):
        await channel_of(rest, channel).send("x")

    assert discord.throttled == []


async def test_renames_have_a_limit_below_the_limit(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    thread = await discord.start_thread("Talk", person=ada, channel=channel)
    thread.owner = discord.bot
    url = f"{discord.api_url}/channels/{thread.id}"
    headers = {"Authorization": f"Bot {discord.token}"}

    async with ClientSession(headers=headers) as session:
        answers = [await session.patch(url, json={"name": f"Talk {n}"}) for n in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].headers["X-RateLimit-Remaining"] != "0"

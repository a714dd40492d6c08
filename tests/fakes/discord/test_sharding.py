"""Shards over two clients, and the rules for starting sessions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.library import (
    AllowedMentions,
    AutoShardedClient,
    ConnectionClosed,
    Intents,
    Message,
)
from tests.fakes.discord.sample_bot import READY_TIMEOUT_S, Bot, point_at, running
from tests.fakes.discord.server import DiscordServer


class Sharded(AutoShardedClient):
    """Notes what it hears, and identifies at once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            intents=Intents.default(),
            guild_ready_timeout=READY_TIMEOUT_S,
            allowed_mentions=AllowedMentions.none(),
            **options,
        )
        self.heard: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait."""

    async def on_message(self, message: Message) -> None:
        self.heard.append(message.content.split()[-1])


async def test_two_clients_share_the_guilds(discord: DiscordServer) -> None:
    discord.identify_interval_s = 0
    guilds = [discord.guild, *(discord.add_guild(f"Guild {n}") for n in range(1, 6))]
    clients = [Sharded(shard_ids=[number], shard_count=2) for number in range(2)]

    async with running(discord, clients[0]), running(discord, clients[1]):
        for number, guild in enumerate(guilds):
            place = discord.add_channel("general", guild=guild)
            person = discord.add_person("Ada", guild=guild)
            await discord.mention(str(number), channel=place, person=person)
        grace = discord.add_person("Grace")
        await discord.say("direct", channel=discord.direct(grace), person=grace)
        await discord.until(lambda: sum(len(client.heard) for client in clients) == 7)

    assert clients[0].heard == ["0", "2", "4", "direct"]
    assert clients[1].heard == ["1", "3", "5"]
    assert [(i.shard, i.shards) for i in discord.identifies] == [(0, 2), (1, 2)]


async def test_a_client_asks_how_many_shards_there_should_be(discord: DiscordServer) -> None:
    discord.recommended_shards, discord.max_concurrency = 2, 2

    async with running(discord, Sharded()) as _:
        assert [session.shard for session in discord.sessions] == [0, 1]

    assert discord.count("GET /gateway/bot") == 1


async def test_identifies_of_a_bucket_are_five_seconds_apart(discord: DiscordServer) -> None:
    async with running(discord, Sharded(shard_ids=[0], shard_count=2)):
        second = Sharded(shard_ids=[1], shard_count=2)
        await second.login(discord.token)
        launching = discord.tasks.start(second.connect())
        await discord.until(lambda: discord.violations)
        discord.pass_time(5)
        await discord.until(lambda: len(discord.sessions) == 2)
        await second.close()
        await launching

    assert discord.violations[0].startswith("IDENTIFY: identify_too_soon: shard 1 0.")
    discord.violations.clear()


async def test_the_speed_shortens_the_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DiscordServer(speed=1000) as discord:
        point_at(discord, monkeypatch)
        for _ in range(3):
            async with running(discord, Bot()):
                pass

    assert len(discord.identifies) == 3


async def test_the_limit_of_a_day_resets_the_token(discord: DiscordServer) -> None:
    discord.most_identifies, discord.identify_interval_s = 1, 0
    async with running(discord, Bot()):
        assert discord.identifies_left() == 0
    discord.pass_time(hours=25)
    bot = Bot()
    async with running(discord, bot):
        _, _, limit = await bot.http.get_bot_gateway()
    token = discord.token

    with pytest.raises(ConnectionClosed, match="4004"):
        async with running(discord, Bot()):
            pass

    assert (limit["total"], limit["remaining"], limit["max_concurrency"]) == (1, 0, 1)
    assert discord.token != token
    assert discord.violations[0].startswith("IDENTIFY: identify_limit")
    discord.violations.clear()

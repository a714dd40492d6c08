"""Several processes with a range of shards each: every server is served, and once."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from bot.domain import State
from bot.storage.database import open_database
from bot.storage.records import SqlRecords
from tests.adapters.discord.office import shown
from tests.adapters.discord.serving import program
from tests.adapters.serving import configure
from tests.adapters.stage import MEMBERS
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.model_server import ModelServer
from tests.launcher import Launcher

# Turns are 5.5 s apart, at this speed 690 ms; a busy machine may be late by half of it.
_SPEED, _INTERVAL_S = 8.0, 3.0
_GUILDS = 8
_SHARDS = 4
_RANGES = ("0-1/4", "2-3/4")


def answered(channel: Channel) -> int:
    return sum("Read the final answer" in shown(message) for message in channel.shown)


async def test_two_processes_with_two_shards_each_serve_every_server_once(
    launcher: Launcher, tmp_path: Path, database_url: str
) -> None:
    async with ModelServer() as models, DiscordServer(speed=_SPEED) as discord:
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        discord.recommended_shards = _SHARDS
        discord.identify_interval_s = _INTERVAL_S
        guilds = [discord.add_guild(f"server {number}") for number in range(_GUILDS)]
        channels = [discord.add_channel("general", guild=guild) for guild in guilds]
        people = [discord.add_person("Ada", guild=guild) for guild in guilds]
        assert {(guild.id >> 22) % _SHARDS for guild in guilds} == set(range(_SHARDS))
        configure(tmp_path, models)

        async with AsyncExitStack() as stack:
            both = [
                program(
                    launcher.start,
                    tmp_path,
                    database_url,
                    discord,
                    COUNCIL_DISCORD_SHARDS=shards,
                    TEST_SPEED=str(_SPEED),
                )
                for shards in _RANGES
            ]
            await asyncio.gather(*map(stack.enter_async_context, both))
            assert sorted(start.shard for start in discord.identifies) == list(range(_SHARDS))
            for channel, ada in zip(channels, people, strict=True):
                asked = {"question": "Which one?"}
                reply = await discord.command("council", "ask", asked, channel=channel, person=ada)
                assert reply.is_acknowledged
                await discord.mention("And this?", channel=channel, person=ada)
            await discord.until(
                lambda: all(answered(channel) == 2 for channel in channels), patience_s=60
            )

        async with open_database(database_url) as database:
            known = await SqlRecords(database).search(limit=100)
        assert [one.state for one in known] == [State.DONE] * 2 * _GUILDS
        places = Counter(one.question.place.workspace for one in known)
        assert places == {str(guild.id): 2 for guild in guilds}
        assert models.calls() == 2 * _GUILDS * (2 * len(MEMBERS) + 1)

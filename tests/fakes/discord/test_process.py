"""A bot in a process of its own, as one is run: started, killed, started again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.server import DiscordServer

SCRIPT = """
import os, warnings
warnings.simplefilter("ignore")
import discord, yarl
discord.http.Route.BASE = os.environ["API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["GATEWAY"])
client = discord.Client(
    intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none()
)
@client.event
async def on_message(message):
    if not message.author.bot:
        await message.channel.send("heard " + message.content.split()[-1], nonce=str(message.id))
client.run(os.environ["TOKEN"], log_handler=None)
"""


@asynccontextmanager
async def process(discord: DiscordServer) -> AsyncGenerator[asyncio.subprocess.Process]:
    sessions = len(discord.sessions)
    where = {"API": discord.api_url, "GATEWAY": discord.gateway_url, "TOKEN": discord.token}
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", SCRIPT, env=where)
    try:
        await discord.until(lambda: len(discord.sessions) > sessions)
        yield running
    finally:
        running.kill()
        await running.wait()


async def test_a_process_is_killed_and_another_goes_on(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    discord.identify_interval_s = 0

    async with process(discord):
        await discord.mention("one", channel=channel, person=ada)
        await discord.until(lambda: len(channel.messages) == 2)
    await discord.until(lambda: discord.connections == 0)
    assert discord.sessions[0].is_valid
    async with process(discord):
        await discord.mention("two", channel=channel, person=ada)
        await discord.until(lambda: len(channel.messages) == 4)

    said = [message.content for message in channel.messages if message.author is discord.bot]
    assert said == ["heard one", "heard two"]
    assert len(discord.identifies) == 2

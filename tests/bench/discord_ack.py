"""How fast Discord's interactions are acknowledged while a hundred deliberations run.

`python -m tests.bench.discord_ack [--running 100] [--deliveries 200]` prints one table. The bot is
a process of its own, on SQLite; Discord and the models are this one. Limits reset 25 times as fast
as Discord's, so the bot calls, and works, that much more than it would.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.adapters.discord.serving import program
from tests.adapters.serving import configure
from tests.adapters.stage import MEMBERS, SPEED
from tests.bench.acknowledged import scripts, show
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Reply
from tests.fakes.model_server import ModelServer
from tests.launcher import start_python

_CHANNELS = 10
_SPREAD_S = 6.0


class Town:
    """A Discord with servers, each with a channel and a person, and the bot in all of them."""

    def __init__(self, discord: DiscordServer) -> None:
        self.discord = discord
        guilds = [discord.add_guild(f"server-{number}") for number in range(_CHANNELS)]
        self.people = [discord.add_person("Ada", guild=guild) for guild in guilds]
        self.channels = [discord.add_channel("general", guild=guild) for guild in guilds]

    async def ask(self, number: int) -> Reply:
        """Ask by the slash command."""
        return await self._command(number, "ask", {"question": f"Question {number}?"})

    async def deliver(self, number: int) -> Reply:
        """Deliver something, of each kind in turn."""
        match number % 6:
            case 0:
                return await self.ask(number)
            case 1:
                channel, person = self._at(number)
                said = await self.discord.say("Hm.", channel=channel, person=person)
                return await self.discord.message_command("Ask the council", said, person=person)
            case 2:
                return await self._command(number, "help", {})
            case 3:
                return await self._command(number, "status", {})
            case 4:
                return await self._command(number, "history", {"words": "question"})
            case _:
                return await self._command(number, "cancel", {"id": "nonsense"})

    async def _command(self, number: int, name: str, options: dict[str, object]) -> Reply:
        channel, person = self._at(number)
        return await self.discord.command("council", name, options, channel=channel, person=person)

    def _at(self, number: int) -> tuple[Channel, Person]:
        return self.channels[number % _CHANNELS], self.people[number % _CHANNELS]

    @property
    def pins(self) -> int:
        """How many final answers are pinned."""
        threads = [one.thread for channel in self.channels for one in channel.shown]
        return sum(len(thread.pins) for thread in threads if thread is not None)


async def measure(running: int, deliveries: int) -> None:
    """Let deliberations run, deliver meanwhile, and print how long acknowledgements took."""
    pauses = random.Random(1)  # noqa: S311 the same pauses each time
    async with DiscordServer(speed=SPEED) as discord, ModelServer(scripts()) as models:
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        town = Town(discord)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            configure(folder, models)
            url = f"sqlite:///{folder / 'council.db'}"
            async with program(start_python, folder, url, discord):
                first = await asyncio.gather(*map(town.ask, range(running)))
                show(f"{running} questions at once", first)
                await models.wait_for_calls(running * len(MEMBERS))

                async def later(number: int) -> Reply:
                    await asyncio.sleep(pauses.uniform(0.0, _SPREAD_S))
                    return await town.deliver(number)

                meanwhile = await asyncio.gather(*map(later, range(deliveries)))
                show(f"{deliveries} deliveries meanwhile", meanwhile, has_bar=True)
                sys.stdout.write(f"of the {running}, ended by the last of these: {town.pins}\n")
                await discord.until(lambda: town.pins >= running, patience_s=180)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--running", type=int, default=100)
    parser.add_argument("--deliveries", type=int, default=200)
    given = parser.parse_args()
    asyncio.run(measure(given.running, given.deliveries))

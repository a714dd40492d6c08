"""How fast Slack's deliveries are acknowledged while a hundred deliberations run.

`python -m tests.bench.slack_ack [--running 100] [--deliveries 200] [--way socket|http]` prints one
table. The bot is a process of its own, on SQLite; Slack and the models are this one. Limits refill
25 times as fast as Slack's, so the bot calls, and works, that much more than it would.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adapters.slack.serving import serving
from tests.adapters.stage import MEMBERS, SPEED
from tests.bench.acknowledged import scripts, show
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.records import Channel, Person, Reply
from tests.fakes.slack.server import SlackServer
from tests.launcher import start_python

_CHANNELS = 10
_SPREAD_S = 6.0


class Town:
    """A Slack with channels and people, and the bot in it."""

    def __init__(self, slack: SlackServer) -> None:
        self.slack = slack
        self.people = [slack.add_person(f"person-{number}") for number in range(_CHANNELS)]
        self.channels = [
            slack.add_channel(f"channel-{number}", members=self.people)
            for number in range(_CHANNELS)
        ]

    async def ask(self, number: int) -> Reply:
        """Ask by the slash command."""
        channel, person = self._at(number)
        return await self.slack.command(f"Question {number}?", channel=channel, person=person)

    async def deliver(self, number: int) -> Reply:
        """Deliver something, of each kind in turn."""
        channel, person = self._at(number)
        match number % 8:
            case 0:
                return await self.ask(number)
            case 1:
                return await self.slack.mention("Which one?", channel=channel, person=person)
            case 2:
                direct = self.slack.direct(person)
                return await self.slack.say("Which one?", channel=direct, person=person)
            case 3:
                return await self.slack.open_home(person)
            case kind:
                words = {4: "help", 5: "status", 6: "history question", 7: "cancel nonsense"}
                return await self.slack.command(words[kind], channel=channel, person=person)

    def _at(self, number: int) -> tuple[Channel, Person]:
        return self.channels[number % _CHANNELS], self.people[(number // 8) % _CHANNELS]


@asynccontextmanager
async def opened(way: str) -> AsyncGenerator[tuple[Town, ModelServer]]:
    """Put everything together."""
    async with SlackServer(speed=SPEED) as slack, ModelServer(scripts()) as models:
        secrets = {"SLACK_BOT_TOKEN": slack.workspace.bot_token, "COUNCIL_LOG_LEVEL": "warning"}
        if way == "http":
            secrets["SLACK_SIGNING_SECRET"] = slack.signing_secret
        else:
            secrets["SLACK_APP_TOKEN"] = slack.app_token
        with tempfile.TemporaryDirectory() as folder:
            async with serving(start_python, Path(folder), slack, models, secrets) as bot:
                slack.request_url = f"{bot.url}/slack/events" if way == "http" else None
                yield Town(slack), models


async def measure(running: int, deliveries: int, way: str) -> None:
    """Let deliberations run, deliver meanwhile, and print how long acknowledgements took."""
    pauses = random.Random(1)  # noqa: S311 the same pauses each time
    async with opened(way) as (town, models):
        await town.slack.command("help", channel=town.channels[0], person=town.people[0])
        first = await asyncio.gather(*map(town.ask, range(running)))
        show(f"{running} questions at once", first)
        await models.wait_for_calls(running * len(MEMBERS))

        async def later(number: int) -> Reply:
            await asyncio.sleep(pauses.uniform(0.0, _SPREAD_S))
            return await town.deliver(number)

        meanwhile = await asyncio.gather(*map(later, range(deliveries)))
        show(f"{deliveries} deliveries meanwhile", meanwhile, has_bar=True)
        sys.stdout.write(f"of the {running}, ended by the last of these: {_pins(town)}\n")
        await town.slack.until(lambda: _pins(town) >= running, patience_s=120)


def _pins(town: Town) -> int:
    return sum(len(channel.pins) for channel in town.channels)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--running", type=int, default=100)
    parser.add_argument("--deliveries", type=int, default=200)
    parser.add_argument("--way", choices=["socket", "http"], default="socket")
    given = parser.parse_args()
    asyncio.run(measure(given.running, given.deliveries, given.way))

"""kill -9 between the command and the pin: after a restart each message is there once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.domain import State
from bot.storage.database import open_database
from bot.storage.records import SqlRecords
from tests.adapters.discord.office import posts, shown
from tests.adapters.discord.serving import program
from tests.adapters.serving import configure
from tests.adapters.stage import CHAIR, MEMBERS, SPEED
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Call
from tests.fakes.model_server import ModelServer, Script
from tests.launcher import Launcher

_PATIENCE_S = 90.0
_HELD_S = 100.0

CREATE, THREAD = "POST /channels/{id}/messages", "POST /channels/{id}/messages/{id}/threads"
EDIT, PIN = "PATCH /channels/{id}/messages/{id}", "PUT /channels/{id}/messages/pins/{id}"


@dataclass(frozen=True, slots=True)
class Point:
    """The n-th call of a route for a channel and its thread: held before its effect, or after."""

    route: str
    number: int = 1
    has_effect: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.has_effect else 'before'} {self.route} {self.number}"


POINTS = [
    Point(CREATE, 1),
    Point(CREATE, 1, has_effect=True),
    Point(THREAD, 1),
    Point(THREAD, 1, has_effect=True),
    Point(CREATE, 3),
    Point(CREATE, 4, has_effect=True),
    Point(CREATE, 6, has_effect=True),
    Point(CREATE, 8),
    Point(CREATE, 9, has_effect=True),
    Point(EDIT, 3, has_effect=True),
    Point(PIN, 1),
    Point(PIN, 1, has_effect=True),
]


def hold(discord: DiscordServer, point: Point, channel: Channel, reached: set[Point]) -> None:
    """Let the bot wait for ever at a point in a channel or its thread."""
    seen = 0

    def is_here(call: Call) -> bool:
        nonlocal seen
        room = discord.find_channel(int(call.path.split("/")[2]))
        if room is None or channel not in (room, room.parent):
            return False
        seen += 1
        if seen != point.number:
            return False
        reached.add(point)
        return True

    fault = faults.silence(_HELD_S, does_work=point.has_effect)
    discord.faults.add(point.route, fault, when=is_here)


def broken(channel: Channel) -> list[str]:
    """Say what is wrong with a thread that should be whole."""
    if len(channel.shown) != 1 or (thread := channel.shown[0].thread) is None:
        return [f"{len(channel.shown)} root messages"]
    messages = posts(thread)
    keys = Counter(str(message.components[0]["id"]) for message in messages)
    wrong = [f"{key} {count} times" for key, count in keys.items() if count != 1]
    wrong += ["left unfinished" for one in messages if "writes the final answer" in shown(one)]
    if len(messages) != 2 * len(MEMBERS) + 2:
        wrong.append(f"{len(messages)} messages")
    if len(thread.pins) != 1:
        wrong.append(f"{len(thread.pins)} pins")
    return wrong


def is_done(channel: Channel) -> bool:
    return bool(channel.shown) and "Read the final answer" in shown(channel.shown[0])


async def ended(database_url: str) -> list[State]:
    async with open_database(database_url) as database:
        return [known.state for known in await SqlRecords(database).search(limit=100)]


async def test_after_a_kill_at_any_point_each_message_is_there_once(
    launcher: Launcher, tmp_path: Path, database_url: str
) -> None:
    good = Script(pieces=40, pause_s=0.1)
    async with ModelServer({CHAIR: good}) as models, DiscordServer(speed=SPEED) as discord:
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        discord.identify_interval_s = 0.0
        discord.expected_errors.add(160004)
        configure(tmp_path, models)
        ada, reached = discord.add_person("Ada"), set[Point]()
        channels = {point: discord.add_channel(f"c{n}") for n, point in enumerate(POINTS)}
        for point, channel in channels.items():
            hold(discord, point, channel, reached)

        async with program(launcher.start, tmp_path, database_url, discord) as process:
            for point, channel in channels.items():
                asked = {"question": f"What about {point}?"}
                reply = await discord.command("council", "ask", asked, channel=channel, person=ada)
                assert reply.is_acknowledged
            await discord.until(lambda: len(reached) == len(POINTS), patience_s=_PATIENCE_S)
            process.kill()
            await process.wait()
        async with program(launcher.start, tmp_path, database_url, discord):
            await discord.until(
                lambda: all(is_done(channel) for channel in channels.values()),
                patience_s=_PATIENCE_S,
            )

        faulty = {str(point): broken(channel) for point, channel in channels.items()}
        assert {point: wrong for point, wrong in faulty.items() if wrong} == {}
        assert await ended(database_url) == [State.DONE] * len(POINTS)

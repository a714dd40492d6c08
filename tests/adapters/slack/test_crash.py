"""kill -9 between the slash command and the pin: after a restart each message is there once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain import State
from bot.storage.database import open_database
from bot.storage.records import SqlRecords
from tests.adapters.serving import configure
from tests.adapters.slack.office import texts
from tests.adapters.slack.serving import program
from tests.adapters.stage import CHAIR, MEMBERS, SPEED
from tests.fakes.model_server import ModelServer, Script
from tests.fakes.slack import faults
from tests.fakes.slack.records import Call, Channel
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher

_PATIENCE_S = 90.0
_HELD_S = 100.0


@dataclass(frozen=True, slots=True)
class Point:
    """The n-th call of a method in a channel: held before its effect, or after it."""

    method: str
    number: int = 1
    has_effect: bool = False

    def __str__(self) -> str:
        return f"{'after' if self.has_effect else 'before'} {self.method} {self.number}"


POINTS = [
    Point("chat.postMessage", 1),
    Point("chat.postMessage", 1, has_effect=True),
    Point("chat.postMessage", 3),
    Point("chat.postMessage", 4, has_effect=True),
    Point("chat.postMessage", 6, has_effect=True),
    Point("chat.postMessage", 8),
    Point("chat.startStream", 1),
    Point("chat.startStream", 1, has_effect=True),
    Point("chat.appendStream", 1, has_effect=True),
    Point("chat.stopStream", 1, has_effect=True),
    Point("pins.add", 1),
    Point("pins.add", 1, has_effect=True),
]


def hold(slack: SlackServer, point: Point, channel: Channel, reached: set[Point]) -> None:
    """Let the bot wait for ever at a point in a channel."""
    seen = 0

    def is_here(call: Call) -> bool:
        nonlocal seen
        if call.body.get("channel") != channel.id:
            return False
        seen += 1
        if seen != point.number:
            return False
        reached.add(point)
        return True

    fault = faults.silence(_HELD_S, does_work=point.has_effect)
    slack.faults.add(point.method, fault, when=is_here)


def broken(channel: Channel) -> list[str]:
    """Say what is wrong with a thread that should be whole."""
    messages = [message for message in channel.messages if not message.is_deleted]
    keys = Counter(str(message.metadata) for message in messages)
    wrong = [f"{key} {count} times" for key, count in keys.items() if count != 1]
    wrong += [f"left unfinished: {m.text}" for m in messages if m.is_streaming or m.is_broken]
    if len(messages) != 1 + 2 * len(MEMBERS) + 2:
        wrong.append(f"messages: {texts(messages)}")
    if len(channel.pins) != 1:
        wrong.append(f"{len(channel.pins)} pins")
    if "Read the final answer" not in str(messages[0].blocks):
        wrong.append("no link in the root message")
    return wrong


async def ended(database_url: str) -> list[State]:
    async with open_database(database_url) as database:
        return [known.state for known in await SqlRecords(database).search(limit=100)]


async def test_after_a_kill_at_any_point_each_message_is_there_once(
    launcher: Launcher, tmp_path: Path, database_url: str
) -> None:
    good = Script(pieces=40, pause_s=0.1)
    async with ModelServer({CHAIR: good}) as models, SlackServer(speed=SPEED) as slack:
        slack.expected_errors |= {
            "already_pinned",
            "message_not_in_streaming_state",
            "streaming_state_conflict",
        }
        configure(tmp_path, models)
        kim, reached = slack.add_person("kim"), set[Point]()
        channels = {point: slack.add_channel(f"c{n}") for n, point in enumerate(POINTS)}
        for point, channel in channels.items():
            hold(slack, point, channel, reached)

        async with program(launcher, tmp_path, database_url, slack) as process:
            for point, channel in channels.items():
                reply = await slack.command(f"What about {point}?", channel=channel, person=kim)
                assert reply.status == 200
            await slack.until(lambda: len(reached) == len(POINTS), patience_s=_PATIENCE_S)
            process.kill()
            await process.wait()
        async with program(launcher, tmp_path, database_url, slack):
            await slack.until(
                lambda: all(
                    channel.pins and "Read the final answer" in str(channel.messages[0].blocks)
                    for channel in channels.values()
                ),
                patience_s=_PATIENCE_S,
            )

        faulty = {str(point): broken(channel) for point, channel in channels.items()}
        assert {point: wrong for point, wrong in faulty.items() if wrong} == {}
        assert await ended(database_url) == [State.DONE] * len(POINTS)


@pytest.mark.parametrize("moment", ["before it is stored", "before it is acknowledged"])
async def test_a_mention_that_was_not_acknowledged_is_delivered_again(
    launcher: Launcher, tmp_path: Path, sqlite_url: str, moment: str
) -> None:
    async with ModelServer() as models, SlackServer(speed=SPEED) as slack:
        slack.retry_delays_s = (0.3, 1.0, 10.0)
        configure(tmp_path, models)
        kim, channel = slack.add_person("kim"), slack.add_channel("general")
        method = "conversations.info" if moment == "before it is stored" else "chat.postMessage"
        slack.faults.add(method, faults.silence(_HELD_S))

        async with program(launcher, tmp_path, sqlite_url, slack) as process:
            mention = asyncio.create_task(slack.mention("Hm?", channel=channel, person=kim))
            await slack.until(lambda: slack.count(method) > 0)
            process.kill()
            await process.wait()
            await mention
        async with program(launcher, tmp_path, sqlite_url, slack):
            await slack.until(lambda: bool(channel.pins), patience_s=_PATIENCE_S)

        assert len(await ended(sqlite_url)) == 1

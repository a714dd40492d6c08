"""Connections that break, and sessions that go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSMsgType, web

from adapters.discord.wire.gateway import Reach
from adapters.discord.wire.http import open_http
from bot.errors import BadConfig, StorageError
from tests.adapters.discord.wire.ears import Ears
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event
from tests.fakes.shapes import Json
from tests.fakes.workspaces import FakePace

Speak = Callable[[web.WebSocketResponse, int], Awaitable[None]]


class Away(FakePace):
    """A pace whose database is away for a few calls."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        if self.times > 0:
            self.times -= 1
            raise StorageError("away")  # noqa: EM101 a test
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


@asynccontextmanager
async def another_gateway(speak: Speak) -> AsyncGenerator[str]:
    """Serve a gateway of the test's own; `speak` is told how many connections came before."""
    app, count = web.Application(), iter(range(1_000_000))

    async def serve(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await speak(socket, next(count))
        return socket

    app.router.add_get("/", serve)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def heard(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person, text: str
) -> None:
    """Say something and wait until it has been heard."""
    await discord.mention(text, channel=channel, person=ada)
    await discord.until(lambda: text in ears.said)


async def test_a_dropped_connection_goes_on_where_it_was(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    discord.faults.add("gateway", faults.slow(0.2), skip=1)

    async with ears.open() as gateway:
        await heard(discord, ears, channel, ada, "0")
        await discord.drop_gateway()
        await discord.until(lambda: not gateway.is_ready)
        for number in (1, 2):
            await discord.mention(str(number), channel=channel, person=ada)
        await heard(discord, ears, channel, ada, "3")

        assert gateway.is_ready

    assert ears.said == ["0", "1", "2", "3"]
    assert [session.resumes for session in discord.sessions] == [1]
    assert len(discord.identifies) == 1
    assert discord.calls[-1].path == "/gateway/resume"


async def test_handshakes_that_fail_meanwhile_cost_no_session(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    for fault in (faults.status(502), faults.status(200), faults.lost_before_effect()):
        discord.faults.add("gateway", fault, skip=1)

    async with ears.open():
        await discord.drop_gateway()
        await heard(discord, ears, channel, ada, "hello")

    assert len(discord.identifies) == 1
    assert discord.sessions[0].resumes == 1


@pytest.mark.parametrize(
    "fault", [faults.status(502), faults.status(200), faults.lost_before_effect()]
)
async def test_a_first_handshake_that_fails_is_tried_again(
    discord: DiscordServer, ears: Ears, fault: faults.Fault
) -> None:
    discord.faults.add("gateway", fault, times=2)

    async with ears.open() as gateway:
        assert gateway.is_ready

    assert len(discord.identifies) == 1


async def test_a_request_to_reconnect_is_followed(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    async with ears.open():
        await discord.reconnect()
        await heard(discord, ears, channel, ada, "hello")

    assert (len(discord.identifies), discord.sessions[0].resumes) == (1, 1)


@pytest.mark.parametrize(("resumable", "sessions"), [(True, 1), (False, 2)])
async def test_an_invalid_session_goes_on_or_begins_anew(
    discord: DiscordServer,
    ears: Ears,
    channel: Channel,
    ada: Person,
    sessions: int,
    *,
    resumable: bool,
) -> None:
    async with ears.open() as gateway:
        await discord.invalidate(resumable=resumable)
        await discord.until(lambda: not gateway.is_ready)
        await discord.until(lambda: gateway.is_ready)
        await heard(discord, ears, channel, ada, "hello")

    assert len(discord.identifies) == sessions


async def test_a_session_that_is_gone_begins_anew(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    async with ears.open():
        discord.sessions[0].is_valid = False
        await discord.drop_gateway()
        await discord.until(lambda: len(discord.sessions) == 2)
        await heard(discord, ears, channel, ada, "hello")


@pytest.mark.parametrize("code", [1000, 1001, 4000, 4009])
async def test_a_close_that_means_nothing_lasting_costs_no_session(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person, code: int
) -> None:
    async with ears.open():
        await discord.close_gateway(code)
        await heard(discord, ears, channel, ada, "hello")

    assert len(discord.identifies) == 1


async def test_a_token_that_is_none_ends_the_start(discord: DiscordServer, ears: Ears) -> None:
    discord.token = "another"
    discord.faults.add("GET /gateway/bot", faults.status(503))

    with pytest.raises(BadConfig, match="DISCORD_TOKEN"):
        async with ears.open():
            raise AssertionError

    assert discord.connections == 0


async def test_a_gateway_that_takes_no_token_ends_the_start(ears: Ears) -> None:
    async def speak(socket: web.WebSocketResponse, _: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        await socket.receive()
        await socket.close(code=4004)

    async with another_gateway(speak) as url:
        with pytest.raises(BadConfig, match="DISCORD_TOKEN"):
            async with ears.open(Reach(url=url)):
                raise AssertionError


async def test_a_token_that_ends_later_is_said_and_ends_nothing_else(
    discord: DiscordServer, ears: Ears
) -> None:
    async with ears.open() as gateway:
        ears.told.clear()
        await discord.close_gateway(4004)
        await discord.until(lambda: ears.told)
        calls = len(discord.calls)
        await asyncio.sleep(0.2)  # no attempt is to be seen

        assert not gateway.is_ready
        assert len(discord.calls) == calls

    (sentence,) = ears.told
    assert "DISCORD_TOKEN" in sentence


async def test_content_that_is_no_longer_allowed_is_done_without(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    discord.allowed_intents = Intent.MESSAGE_CONTENT

    async with (
        open_http(discord.token, discord.api_url) as http,
        (ears := Ears(http)).open() as gateway,
    ):
        assert gateway.can_read
        discord.allowed_intents = Intent(0)
        await discord.close_gateway(4014)
        await discord.until(lambda: gateway.is_ready and len(discord.sessions) == 2)
        await heard(discord, ears, channel, ada, "hello")

        assert not gateway.can_read

    (sentence,) = ears.told
    assert "Message Content Intent" in sentence


async def test_too_few_shards_are_said_and_tried_again(discord: DiscordServer, ears: Ears) -> None:
    discord.guilds_per_shard = 1
    discord.add_guild("Beta")

    async with ears.open(patience_s=0.3) as gateway:
        assert not gateway.is_ready
        discord.recommended_shards, discord.max_concurrency = 2, 2
        await discord.until(lambda: gateway.is_ready)

    assert any("COUNCIL_DISCORD_SHARDS" in sentence for sentence in ears.told)
    assert len(ears.told) == 2


async def test_a_close_that_nobody_expects_is_said_and_tried_again(
    discord: DiscordServer, ears: Ears
) -> None:
    async with ears.open() as gateway:
        ears.told.clear()
        await discord.close_gateway(4012)
        await discord.until(lambda: ears.told)
        await discord.until(lambda: gateway.is_ready)

    (sentence,) = ears.told
    assert "4012" in sentence


@pytest.mark.parametrize("fault", [faults.status(503), faults.lost_before_effect()])
async def test_discord_in_trouble_at_the_start_is_waited_for(
    discord: DiscordServer, ears: Ears, fault: faults.Fault
) -> None:
    discord.faults.add("GET /gateway/bot", fault, times=3)

    async with ears.open() as gateway:
        assert gateway.is_ready


async def test_a_start_that_takes_long_goes_on_without(discord: DiscordServer, ears: Ears) -> None:
    discord.faults.add("gateway", faults.slow(0.4))

    async with ears.open(patience_s=0.05) as gateway:
        assert not gateway.is_ready
        await discord.until(lambda: gateway.is_ready)


async def test_a_line_that_has_gone_dead_is_noticed(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    discord.heartbeat_interval_s = 0.1

    async with ears.open(silence_s=0.4):
        await discord.mute_gateway(60)
        await heard(discord, ears, channel, ada, "hello")

    assert (len(discord.identifies), discord.sessions[0].resumes) == (1, 1)


async def test_a_peer_that_does_not_even_say_goodbye_is_left(
    discord: DiscordServer, ears: Ears
) -> None:
    opcodes: list[int] = []

    async def speak(socket: web.WebSocketResponse, number: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        while number > 0 or not opcodes:
            opcode = json.loads((await socket.receive()).data)["op"]
            if opcode != 1:
                opcodes.append(opcode)
                await socket.send_json(ready(discord, url))
        await asyncio.sleep(60)  # it reads nothing more

    async with another_gateway(speak) as url, ears.open(Reach(url=url), silence_s=0.3):
        await discord.until(lambda: len(opcodes) == 2, patience_s=5)

    assert opcodes == [2, 6]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("MESSAGE_CREATE", {"channel_id": "x"}),
        ("INTERACTION_CREATE", {"type": 3}),
        ("GUILD_CREATE", {}),
        ("CHANNEL_UPDATE", {"id": None}),
        ("SOMETHING_NEW", {"id": "1"}),
    ],
)
async def test_an_event_that_cannot_be_read_is_passed_over(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person, name: str, payload: Json
) -> None:
    async with ears.open() as gateway:
        discord.emit(Event(name, payload, discord.guild))
        await heard(discord, ears, channel, ada, "hello")

        assert gateway.is_ready

    assert discord.count("gateway") == 1


async def test_a_frame_that_cannot_be_read_costs_no_session(
    discord: DiscordServer, ears: Ears, channel: Channel, ada: Person
) -> None:
    async with ears.open():
        connection = discord.sessions[0].connection
        assert connection is not None
        connection.send({"op": 10, "d": None})
        await heard(discord, ears, channel, ada, "hello")

    assert (len(discord.identifies), discord.sessions[0].resumes) == (1, 1)


def ready(discord: DiscordServer, url: str, **more: object) -> Json:
    user = {"id": str(discord.bot.id), "username": "council", "discriminator": "0", "avatar": None}
    known: Json = {"session_id": "s", "resume_gateway_url": url, "guilds": [], "user": user}
    application = {"id": str(discord.application.id), "flags": 0}
    data: Json = {"v": 10, "application": application, "shard": [0, 1], **known, **more}
    return {"op": 0, "t": "READY", "s": 1, "d": data}


@pytest.mark.parametrize("more", [{"user": None}, {"guilds": None}, {"resume_gateway_url": None}])
async def test_a_session_that_begins_with_nonsense_begins_again(
    discord: DiscordServer, ears: Ears, more: Json
) -> None:
    opcodes: list[int] = []

    async def speak(socket: web.WebSocketResponse, number: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        async for message in socket:
            opcode = json.loads(message.data)["op"]
            if opcode != 1:
                opcodes.append(opcode)
                await socket.send_json(ready(discord, url, **({} if number else more)))

    async with another_gateway(speak) as url, ears.open(Reach(url=url)) as gateway:
        assert gateway.is_ready

    assert opcodes == [2, 2]


async def test_a_gateway_that_hangs_up_at_once_is_not_hammered(
    discord: DiscordServer, ears: Ears
) -> None:
    ends: list[int] = []

    async def speak(socket: web.WebSocketResponse, number: int) -> None:
        ends.append(number)
        await socket.close(code=1001)

    async with (
        another_gateway(speak) as url,
        ears.open(Reach(url=url), patience_s=1.0, again_after_s=0.2),
    ):
        pass

    assert 2 <= len(ends) <= 4
    assert discord.identifies == []


async def test_a_session_that_cannot_go_on_is_given_up_for_a_new_one(
    discord: DiscordServer, ears: Ears
) -> None:
    opcodes: list[int] = []

    async def speak(socket: web.WebSocketResponse, _: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        async for message in socket:
            opcode = json.loads(message.data)["op"]
            if opcode != 1:
                opcodes.append(opcode)
                break
        if opcodes[-1] == 2:
            await socket.send_json(ready(discord, url))
        await socket.close(code=4000)

    async with (
        another_gateway(speak) as url,
        ears.open(Reach(url=url), again_after_s=0.001, identify_every_s=0.01),
    ):
        await discord.until(lambda: len(opcodes) > 8)

    assert opcodes[:8] == [2, 6, 6, 6, 6, 6, 2, 2]


async def test_a_session_that_breaks_again_and_again_waits_longer_each_time(
    discord: DiscordServer, ears: Ears
) -> None:
    opcodes: list[int] = []

    async def speak(socket: web.WebSocketResponse, _: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        async for message in socket:
            opcode = json.loads(message.data)["op"]
            if opcode != 1:
                opcodes.append(opcode)
                greeting: Json = {"op": 0, "t": "RESUMED", "s": 2, "d": {}}
                await socket.send_json(ready(discord, url) if opcode == 2 else greeting)
                break
        await socket.close(code=4000)

    async with another_gateway(speak) as url, ears.open(Reach(url=url), again_after_s=0.1):
        await asyncio.sleep(0.7)  # nothing tells of attempts that do not come

    # At once, after 0.1 to 0.2 s, after 0.2 to 0.4 s, after 0.4 to 0.8 s.
    assert opcodes[:2] == [2, 6]
    assert len(opcodes) <= 5


async def test_while_the_database_is_away_no_session_begins_and_no_connection_stays(
    discord: DiscordServer, ears: Ears
) -> None:
    ears.pace = Away(3)

    async with ears.open() as gateway:
        assert gateway.is_ready
        await discord.until(lambda: discord.connections == 1)

    assert discord.count("gateway") == 4
    assert len(discord.identifies) == 1


async def test_a_connection_without_its_turn_is_closed(discord: DiscordServer, ears: Ears) -> None:
    codes: list[int | None] = []
    ears.pace = Away(1)

    async def speak(socket: web.WebSocketResponse, number: int) -> None:
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 45000}})
        async for message in socket:
            assert message.type is WSMsgType.TEXT
            if json.loads(message.data)["op"] == 2:
                await socket.send_json(ready(discord, url))
        if number == 0:
            codes.append(socket.close_code)

    async with another_gateway(speak) as url, ears.open(Reach(url=url)) as gateway:
        assert gateway.is_ready

        assert codes == [4000]

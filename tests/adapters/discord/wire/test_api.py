"""Calls at a pace that all processes share."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.failures import Throttled
from adapters.discord.wire.http import DiscordHttp
from adapters.discord.wire.rates import key_of
from bot.errors import ChatBusy, ChatUnclear, StorageError
from bot.storage.database import Database, open_database
from bot.storage.workspaces.pace import SqlPace
from tests.adapters.discord.wire.calls import CALLBACK, MESSAGES, POST, edit, post
from tests.fakes.discord import faults
from tests.fakes.discord.records import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.workspaces import FakePace

ALL = "discord:all"
BURST = 5


class Paces(FakePace):
    """Notes what is asked of it; may be out of order, as a database is now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []
        self.held: dict[str, float] = {}
        self.is_away = self.cannot_hold = False

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        if self.is_away:
            raise StorageError("away")  # noqa: EM101 a test
        self.taken.append(key)
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)

    async def hold(self, key: str, for_s: float) -> None:
        if self.cannot_hold:
            raise StorageError("away")  # noqa: EM101 a test
        self.held[key] = for_s
        await super().hold(key, for_s)


@pytest.fixture
def pace() -> Paces:
    return Paces()


@pytest.fixture
def api(http: DiscordHttp, pace: Paces) -> DiscordApi:
    return DiscordApi(http, pace)


def key(channel: Channel) -> str:
    return key_of("POST", MESSAGES, {"channel_id": str(channel.id)})


async def test_every_call_takes_a_turn_in_its_channel_and_one_of_all(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    other = discord.add_channel("other")

    await post(api, channel)
    await post(api, other)

    assert pace.taken == [key(channel), ALL, key(other), ALL]


async def test_messages_and_their_edits_have_turns_apart(
    api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    message = await post(api, channel)
    await edit(api, channel, message["id"])

    assert pace.taken[2] != key(channel)


async def test_an_answer_to_an_interaction_takes_no_turn_and_tells_its_token_to_nobody(
    discord: DiscordServer, api: DiscordApi, pace: Paces
) -> None:
    pace.is_away = True
    ids = {"interaction_id": "1", "interaction_token": "secret"}
    discord.faults.add("POST /interactions/{id}/{token}/callback", faults.rate_limited(3))

    with pytest.raises(Throttled):
        await api.call("POST", CALLBACK, ids, json={"type": 5})

    assert pace.taken == []
    assert pace.held == {}


async def test_a_turn_too_far_away_is_not_waited_for(
    discord: DiscordServer, api: DiscordApi, channel: Channel
) -> None:
    for _ in range(BURST):
        await post(api, channel)

    with pytest.raises(ChatBusy) as busy:
        await post(api, channel, within_s=0.1)

    assert 0.1 < busy.value.retry_after_s < 2
    assert discord.count(POST) == BURST


async def test_a_turn_that_comes_soon_is_waited_for(
    api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    await pace.hold(key(channel), 0.2)

    began_s = time.monotonic()
    await post(api, channel)

    assert time.monotonic() - began_s >= 0.2


async def test_a_short_throttle_is_waited_for_and_the_call_is_made_again(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    discord.faults.add(POST, faults.rate_limited(0.2))

    began_s = time.monotonic()
    await post(api, channel)

    assert time.monotonic() - began_s >= 0.2
    assert pace.held == {key(channel): 0.2}
    assert len(channel.messages) == 1


async def test_a_long_throttle_holds_its_route_in_its_channel_for_as_long_as_discord_says(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    discord.faults.add(POST, faults.rate_limited(30))

    with pytest.raises(Throttled):
        await post(api, channel)
    with pytest.raises(ChatBusy) as busy:
        await post(api, channel)

    assert pace.held == {key(channel): 30}
    assert 29 < busy.value.retry_after_s <= 30
    assert discord.count(POST) == 1
    await post(api, discord.add_channel("another"))


@pytest.mark.parametrize(
    "fault", [faults.rate_limited(30, is_global=True), faults.cloudflare_ban(30)]
)
async def test_a_global_throttle_holds_everything(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel, fault: faults.Fault
) -> None:
    discord.faults.add(POST, fault)

    for place in (channel, discord.add_channel("another")):
        with pytest.raises(ChatBusy):
            await post(api, place)

    assert pace.held == {ALL: 30}
    assert discord.count(POST) == 1


async def test_a_throttle_holds_for_all_processes(
    discord: DiscordServer, http: DiscordHttp, channel: Channel, database_url: str
) -> None:
    async with open_database(database_url) as ours, open_database(database_url) as theirs:
        first, second = (DiscordApi(http, SqlPace(one)) for one in (ours, theirs))
        discord.faults.add(POST, faults.rate_limited(30))

        with pytest.raises(Throttled):
            await post(first, channel)
        with pytest.raises(ChatBusy):
            await post(second, channel)

    assert discord.count(POST) == 1


async def test_two_processes_share_one_burst(
    discord: DiscordServer, http: DiscordHttp, channel: Channel, database: Database
) -> None:
    processes = [DiscordApi(http, SqlPace(database)) for _ in range(2)]

    calls = (post(api, channel, within_s=0.3) for api in processes for _ in range(BURST))
    ends = await asyncio.gather(*calls, return_exceptions=True)

    assert [type(end) for end in ends if isinstance(end, Exception)] == [ChatBusy] * BURST
    assert discord.count(POST) == BURST


async def test_many_channels_at_once_stay_below_fifty_a_second(
    discord: DiscordServer, api: DiscordApi
) -> None:
    discord.is_throttling = False
    channels = [discord.add_channel(f"c{number}") for number in range(30)]

    await asyncio.gather(*(post(api, channel) for channel in channels for _ in range(2)))

    moments = sorted(call.at_s for call in discord.calls if call.route == POST)
    assert len(moments) == 60
    assert max(sum(0 <= at - start < 1 for at in moments) for start in moments) <= 50


@pytest.mark.parametrize("fault", [faults.status(503), faults.lost_after_effect()])
async def test_what_is_unclear_is_not_made_again(
    discord: DiscordServer, api: DiscordApi, channel: Channel, fault: faults.Fault
) -> None:
    discord.faults.add(POST, fault)

    with pytest.raises(ChatUnclear):
        await post(api, channel)

    assert discord.count(POST) == 1


async def test_without_the_database_nothing_is_called(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    pace.is_away = True

    with pytest.raises(ChatBusy, match="database"):
        await post(api, channel)

    assert discord.count(POST) == 0


async def test_a_hold_that_cannot_be_kept_is_busy_all_the_same(
    discord: DiscordServer, api: DiscordApi, pace: Paces, channel: Channel
) -> None:
    discord.faults.add(POST, faults.rate_limited(30))
    pace.cannot_hold = True

    with pytest.raises(ChatBusy, match="database"):
        await post(api, channel)


async def test_files_come_through_it(discord: DiscordServer, api: DiscordApi) -> None:
    file = discord.add_file("notes.txt", b"All of it.")

    assert await api.download(file.url, 100) == b"All of it."

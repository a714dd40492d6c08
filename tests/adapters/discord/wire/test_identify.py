"""Sessions begin one after the other, for all processes together."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest

from adapters.discord.wire import identify
from adapters.discord.wire.gateway import Gateway, Reach
from adapters.discord.wire.http import DiscordHttp, open_http
from adapters.discord.wire.identify import EVERY_S, Starts, Turns, read_starts
from bot.errors import ChatBusy
from bot.storage.database import open_database
from bot.storage.workspaces.pace import SqlPace
from tests.adapters.discord.wire.ears import SPEED, Ears
from tests.fakes.discord.server import DiscordServer
from tests.fakes.workspaces import FakePace

ONE_BUCKET = Starts("ws://x", shards=4, total=1000, remaining=1000, max_concurrency=1)


class Clock(FakePace):
    """A pace that only notes what is asked, and says how far the turn is."""

    def __init__(self, **wait_s: float) -> None:
        super().__init__()
        self.wait_s = wait_s
        self.asked: list[tuple[str, float, int, float]] = []

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        self.asked.append((key, every_s, burst, within_s))
        return self.wait_s.get(key.rpartition(":")[2], 0.0)


async def test_shards_begin_in_turn_within_their_bucket() -> None:
    turns = Turns(FakePace(), "1", ONE_BUCKET, every_s=0.1)

    began_s = time.monotonic()
    await asyncio.gather(*(turns.take(shard) for shard in range(4)))

    assert time.monotonic() - began_s >= 0.3


async def test_buckets_do_not_wait_for_each_other() -> None:
    pace = Clock()
    four = Starts("ws://x", shards=16, total=1000, remaining=1000, max_concurrency=4)
    turns = Turns(pace, "7", four)

    for shard in (0, 1, 5, 7):
        await turns.take(shard)

    taken = [(key, every_s) for key, every_s, burst, _ in pace.asked if burst == 1]
    assert taken == [(f"discord:identify:7:{bucket}", EVERY_S) for bucket in (0, 1, 1, 3)]


async def test_a_turn_too_far_away_is_left_to_others() -> None:
    turns = Turns(Clock(**{"0": 50.0}), "1", ONE_BUCKET)

    with pytest.raises(ChatBusy) as busy:
        await turns.take(0)

    assert 0 < busy.value.retry_after_s < 50


@pytest.mark.parametrize("total", [1000, 2000, 1])
async def test_a_day_never_has_more_sessions_than_discord_allows(total: int) -> None:
    pace = Clock()
    starts = Starts("ws://x", shards=1, total=total, remaining=total, max_concurrency=1)

    await Turns(pace, "1", starts).take(0)

    (every_s, burst) = next((e, b) for key, e, b, _ in pace.asked if key.endswith(":day"))
    at_once, over_the_day = burst, 86_400 / every_s
    assert at_once + over_the_day <= max(total, 2)
    assert at_once + over_the_day >= 0.9 * total


async def test_once_the_sessions_of_a_day_are_used_up_none_begins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    turns = Turns(Clock(day=3000.0), "1", ONE_BUCKET)

    with pytest.raises(ChatBusy) as busy:
        await turns.take(0)

    assert busy.value.retry_after_s == 3000
    assert "used up" in capsys.readouterr().out


async def test_discord_says_how_sessions_may_begin(
    discord: DiscordServer, http: DiscordHttp
) -> None:
    discord.recommended_shards, discord.max_concurrency = 3, 2

    starts = await read_starts(http)

    assert starts == Starts(discord.gateway_url, 3, 1000, 1000, 2)


async def test_a_process_holds_as_many_shards_as_discord_recommends(
    discord: DiscordServer, ears: Ears
) -> None:
    discord.recommended_shards, discord.max_concurrency = 2, 2

    async with ears.open() as gateway:
        assert gateway.is_ready

    assert sorted((i.shard, i.shards) for i in discord.identifies) == [(0, 2), (1, 2)]


async def test_processes_share_the_shards_and_the_turns(
    discord: DiscordServer, database_url: str
) -> None:
    guilds = [discord.guild, *(discord.add_guild(f"Guild {n}") for n in range(1, 8))]
    async with AsyncExitStack() as stack:
        processes: list[Ears] = []
        gateways: list[Gateway] = []
        for first in (0, 2):
            database = await stack.enter_async_context(open_database(database_url))
            http = await stack.enter_async_context(open_http(discord.token, discord.api_url))
            ears = Ears(http, SqlPace(database))
            processes.append(ears)
            reach = Reach(shards=(range(first, first + 2), 4))
            opening = ears.open(reach, patience_s=0.0, identify_every_s=20 / SPEED)
            gateways.append(await stack.enter_async_context(opening))
        await discord.until(lambda: all(gateway.is_ready for gateway in gateways))
        for number, guild in enumerate(guilds):
            place = discord.add_channel("general", guild=guild)
            person = discord.add_person("Ada", guild=guild)
            await discord.mention(str(number), channel=place, person=person)
        await discord.until(lambda: sum(len(ears.said) for ears in processes) == 8)

        assert sum(gateway.guilds for gateway in gateways) == 8

    assert sorted(text for ears in processes for text in ears.said) == [str(n) for n in range(8)]
    assert sorted(i.shard for i in discord.identifies) == [0, 1, 2, 3]
    moments = [one.at_s for one in discord.identifies]
    assert all(later - earlier >= 5 / SPEED for earlier, later in pairwise(moments))


async def test_a_turn_is_waited_for_longer_than_a_connection_is_kept(
    discord: DiscordServer, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identify, "_WITHIN_S", 0.1)
    key = f"discord:identify:{ears.http.identity.application}:0"
    await ears.pace.hold(key, 0.4)

    async with ears.open() as gateway:
        assert gateway.is_ready

    assert discord.count("gateway") == 2
    assert len(discord.identifies) == 1

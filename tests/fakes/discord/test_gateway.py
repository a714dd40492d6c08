"""Sessions of the real discord.py: events, RESUME with replay, and ends of all kinds."""

from __future__ import annotations

import time

import pytest

from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.library import ConnectionClosed, Intents, PrivilegedIntentsRequired
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, running
from tests.fakes.discord.server import DiscordServer

PLAIN = "?v=10&encoding=json"


@pytest.mark.usefixtures("channel")
async def test_a_bot_logs_in_and_sees_its_guilds(discord: DiscordServer) -> None:
    discord.add_guild("Beta")
    discord.add_guild("Elsewhere", has_bot=False)
    bot = Bot()

    async with running(discord, bot):
        assert sorted(guild.name for guild in bot.guilds) == ["Acme", "Beta"]
        assert [c.name for c in bot.get_all_channels()] == ["general"]
        assert bot.application_id == discord.application.id
        [session] = discord.sessions
        assert (session.shard, session.shards, session.is_connected) == (0, 1, True)

    assert discord.connections == 0


async def test_what_people_say_is_heard_without_its_content(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    await discord.say("secret", channel=channel, person=ada)
    await discord.mention("hear me", channel=channel, person=ada)
    await discord.say("hello", channel=discord.direct(ada), person=ada)

    await discord.until(lambda: len(bot.heard) == 3)

    assert bot.said == ["", f"<@{discord.bot.id}> hear me", "hello"]
    assert bot.heard[0].author.id == ada.id


async def test_with_the_intent_content_is_heard(
    discord: DiscordServer, channel: Channel, ada: Person
) -> None:
    discord.allowed_intents = Intent.MESSAGE_CONTENT
    intents = Intents.default()
    intents.message_content = True
    bot = Bot(intents=intents)

    async with running(discord, bot):
        file = discord.add_file("a.txt", b"abc")
        await discord.say("secret", channel=channel, person=ada, files=[file])
        await discord.until(lambda: bot.heard)

        assert bot.said == ["secret"]
        assert await bot.heard[0].attachments[0].read() == b"abc"


async def test_a_disallowed_intent_ends_the_bot(discord: DiscordServer) -> None:
    intents = Intents.default()
    intents.message_content = True

    with pytest.raises(PrivilegedIntentsRequired):
        async with running(discord, Bot(intents=intents)):
            pass


async def test_a_channel_that_the_bot_cannot_see_is_silent(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    discord.deny(channel, Permission.VIEW_CHANNEL)
    other = discord.add_channel("other")
    await discord.mention("one", channel=channel, person=ada)
    await discord.mention("two", channel=other, person=ada)

    await discord.until(lambda: bot.heard)

    assert bot.said == [f"<@{discord.bot.id}> two"]


async def test_missed_events_are_replayed_in_order(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    await discord.mention("0", channel=channel, person=ada)
    await discord.until(lambda: bot.heard)
    discord.faults.add("gateway", faults.slow(0.2))
    await discord.drop_gateway()
    for number in range(1, 3):
        await discord.mention(str(number), channel=channel, person=ada)
    assert len(bot.heard) == 1

    await discord.until(lambda: "RESUMED" in bot.events)
    await discord.mention("3", channel=channel, person=ada)
    await discord.until(lambda: len(bot.heard) >= 4)

    assert [text[-1] for text in bot.said] == ["0", "1", "2", "3"]
    assert bot.events.count("READY") == 1
    assert bot.events.index("RESUMED") == len(bot.events) - 2
    assert [session.resumes for session in discord.sessions] == [1]
    assert len(discord.identifies) == 1
    assert discord.calls[-1].path == "/gateway/resume"


async def test_a_gateway_that_was_dropped_takes_no_connection_for_a_while(
    discord: DiscordServer, bot: Bot
) -> None:
    await discord.drop_gateway(for_s=0.1)

    await discord.until(lambda: "RESUMED" in bot.events)

    refused = [call for call in discord.calls if call.status == 503]
    assert {call.route for call in refused} == {"gateway"}


async def test_op_7_makes_the_bot_resume(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    await discord.reconnect()
    await discord.until(lambda: "RESUMED" in bot.events)
    await discord.mention("x", channel=channel, person=ada)

    await discord.until(lambda: bot.heard)

    assert len(discord.identifies) == 1


@pytest.mark.parametrize("resumable", [True, False])
async def test_op_9(discord: DiscordServer, bot: Bot, *, resumable: bool) -> None:
    discord.identify_interval_s = 0

    await discord.invalidate(resumable=resumable)

    event = "RESUMED" if resumable else "READY"
    await discord.until(lambda: bot.events.count(event) == 2 - resumable)
    assert len(discord.identifies) == 2 - resumable
    assert discord.sessions[0].is_valid is resumable


async def test_a_session_that_was_away_too_long_begins_anew(
    discord: DiscordServer, bot: Bot
) -> None:
    discord.identify_interval_s = 0

    await discord.drop_gateway(for_s=0)
    discord.pass_time(minutes=5)

    await discord.until(lambda: bot.events.count("READY") == 2)


@pytest.mark.parametrize("code", [4000, 4009])
async def test_close_codes_that_a_bot_survives(discord: DiscordServer, bot: Bot, code: int) -> None:
    await discord.close_gateway(code)

    await discord.until(lambda: "RESUMED" in bot.events)


async def test_close_codes_that_end_a_bot(discord: DiscordServer) -> None:
    async def run_until_closed() -> None:
        bot = Bot()
        async with running(discord, bot):
            await discord.close_gateway(4004)
            await discord.until(bot.is_closed)

    with pytest.raises(ConnectionClosed, match="4004"):
        await run_until_closed()


@pytest.mark.parametrize("status", [200, 502])
async def test_a_first_handshake_that_fails_ends_discord_py(
    discord: DiscordServer, status: int
) -> None:
    """Rapptz/discord.py#10520: a supervisor must start it again."""
    discord.faults.add("gateway", faults.status(status))

    with pytest.raises(AttributeError, match="sequence"):
        async with running(discord, Bot()):
            pass

    async with running(discord, Bot()):
        assert discord.connections == 1


async def test_a_mute_gateway_delays(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    await discord.mute_gateway(0.2)
    started_s = time.monotonic()
    await discord.mention("x", channel=channel, person=ada)

    await discord.until(lambda: bot.heard)

    assert time.monotonic() - started_s >= 0.15


async def test_members_are_sent_on_request(discord: DiscordServer, ada: Person) -> None:
    discord.allowed_intents = Intent.GUILD_MEMBERS
    intents = Intents.default()
    intents.members = True
    bot = Bot(intents=intents)

    async with running(discord, bot):
        guild = bot.guilds[0]
        assert guild.chunked
        assert guild.get_member(ada.id) is not None
        [found] = await guild.query_members("Ad", cache=False)
        assert found.id == ada.id

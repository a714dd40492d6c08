"""What administrators do, as the bot hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.fakes.discord.intents import Intent
from tests.fakes.discord.library import Intents
from tests.fakes.discord.permissions import BOT, Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, channel_of, refusal, running
from tests.fakes.discord.server import DiscordServer


async def test_the_bot_is_invited_and_kicked(discord: DiscordServer, bot: Bot) -> None:
    late = discord.add_guild("Late")
    await discord.until(lambda: len(bot.guilds) == 2)
    assert bot.joined == [late.id]
    place = discord.add_channel("general", guild=late)

    discord.kick_bot(late)

    await discord.until(lambda: len(bot.guilds) == 1)
    assert discord.bot.id not in late.members
    assert await refusal(channel_of(bot, place).send("x")) == (403, 50001)
    discord.invite_bot(late, BOT | Permission.MANAGE_THREADS)
    await discord.until(lambda: len(bot.guilds) == 2)
    await channel_of(bot, place).send("x")


async def test_a_guild_goes_for_good(discord: DiscordServer, channel: Channel, bot: Bot) -> None:
    discord.delete_guild(discord.guild)

    await discord.until(lambda: not bot.guilds)
    assert await refusal(channel_of(bot, channel).send("x")) == (404, 10003)


async def test_an_outage_takes_a_guild_away(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    discord.make_unavailable(discord.guild)
    await discord.until(lambda: bot.guilds[0].unavailable)
    await discord.mention("unheard", channel=channel, person=ada)

    discord.make_available(discord.guild)
    await discord.mention("heard", channel=channel, person=ada)

    await discord.until(lambda: bot.heard)
    assert [text.split()[-1] for text in bot.said] == ["heard"]
    assert not bot.guilds[0].unavailable


async def test_channels_and_threads_are_deleted(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    thread = await discord.start_thread("Talk", person=ada, channel=channel)
    await discord.until(lambda: bot.get_channel(thread.id))

    discord.remove_channel(channel)

    await discord.until(lambda: bot.get_channel(channel.id) is None)
    assert thread.is_deleted
    assert await refusal(channel_of(bot, thread).send("x")) == (404, 10003)


async def test_members_come_change_and_go(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent.GUILD_MEMBERS
    intents = Intents.default()
    intents.members = True
    bot = Bot(intents=intents)

    async with running(discord, bot):
        grace = discord.add_person("Grace")
        role = discord.add_role("Team")
        discord.change_member(grace, roles=[role], nick="G")
        guild = bot.guilds[0]
        await discord.until(lambda: getattr(guild.get_member(grace.id), "nick", None))
        member = guild.get_member(grace.id)
        assert member is not None
        assert [r.name for r in member.roles] == ["@everyone", "Team"]
        discord.leave(grace)
        await discord.until(lambda: guild.get_member(grace.id) is None)


async def test_the_bot_hears_of_its_own_roles_without_an_intent(
    discord: DiscordServer, bot: Bot
) -> None:
    role = discord.add_role("Extra", permissions=Permission.MANAGE_THREADS)
    ada = discord.add_person("Ada 2")

    discord.change_member(ada, nick="A")
    discord.change_member(discord.bot, roles=[discord.guild.bot_role, role])

    await discord.until(lambda: bot.guilds[0].me.guild_permissions.manage_threads)
    assert bot.events.count("GUILD_MEMBER_UPDATE") == 1


async def test_the_bot_leaves_by_itself(discord: DiscordServer, bot: Bot) -> None:
    await bot.guilds[0].leave()

    assert not discord.guild.has_bot


@pytest.mark.usefixtures("channel")
async def test_guilds_are_read_by_rest(discord: DiscordServer, ada: Person, rest: Bot) -> None:
    hidden = discord.add_channel("hidden")
    discord.deny(hidden, Permission.VIEW_CHANNEL)
    guild = await rest.fetch_guild(discord.guild.id)

    assert [c.name for c in await guild.fetch_channels()] == ["general"]
    assert "Council" in [role.name for role in await guild.fetch_roles()]
    assert (await guild.fetch_member(ada.id)).name == "ada"
    assert await refusal(guild.fetch_member(1)) == (404, 10007)
    assert [g.name async for g in rest.fetch_guilds()] == ["Acme"]
    members = rest.http.get_members(guild.id, 10, None)
    assert await refusal(members) == (403, 50001)
    discord.allowed_intents = Intent.GUILD_MEMBERS
    assert len(await rest.http.get_members(guild.id, 10, None)) == 3


async def test_the_bot_changes_and_deletes_channels(
    discord: DiscordServer, channel: Channel, ada: Person, rest: Bot
) -> None:
    place: Any = await rest.fetch_channel(channel.id)
    direct: Any = await rest.fetch_channel(discord.direct(ada).id)

    assert await refusal(place.edit(topic="x")) == (403, 50013)
    assert await refusal(place.delete()) == (403, 50013)
    assert direct.recipient.id == ada.id
    call = rest.http.edit_channel(direct.id, name="x")
    assert await refusal(call) == (403, 50003)
    discord.allow(channel, Permission.MANAGE_CHANNELS)
    await place.edit(topic="Talk", name="talk")
    assert (channel.topic, channel.name) == ("Talk", "talk")
    await place.delete()
    assert channel.is_deleted


async def test_members_are_searched(discord: DiscordServer, ada: Person) -> None:
    url = f"{discord.api_url}/guilds/{discord.guild.id}/members/search?query=ad&limit=5"
    headers = {"Authorization": f"Bot {discord.token}"}

    async with ClientSession(headers=headers) as session, session.get(url) as response:
        found = await response.json()

    assert [member["user"]["id"] for member in found] == [str(ada.id)]


async def test_the_app_tells_its_intents(discord: DiscordServer, rest: Bot) -> None:
    assert not (await rest.application_info()).flags.gateway_message_content_limited

    discord.allowed_intents = Intent.MESSAGE_CONTENT

    assert (await rest.application_info()).flags.gateway_message_content_limited

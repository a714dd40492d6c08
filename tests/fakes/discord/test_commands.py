"""Registering commands, through the real discord.py."""

from __future__ import annotations

import pytest

from tests.fakes.discord.library import Interaction, Object, RateLimited, app_commands
from tests.fakes.discord.records import Channel, Person
from tests.fakes.discord.sample_bot import Bot, refusal
from tests.fakes.discord.server import DiscordServer


def named(name: str) -> app_commands.Command[app_commands.Group, [], None]:
    async def callback(interaction: Interaction) -> None:
        await interaction.response.send_message(name)

    return app_commands.Command(name=name, description="x", callback=callback)


async def test_commands_are_registered_for_all_and_for_a_guild(
    discord: DiscordServer, rest: Bot
) -> None:
    guild = Object(discord.guild.id)
    rest.tree.add_command(named("all"))
    rest.tree.add_command(named("here"), guild=guild)

    await rest.tree.sync()
    await rest.tree.sync(guild=guild)

    assert [command["name"] for command in discord.commands] == ["all"]
    assert [command["name"] for command in discord.guild.commands] == ["here"]
    assert [command.name for command in await rest.tree.fetch_commands()] == ["all"]
    assert [c.name for c in await rest.tree.fetch_commands(guild=guild)] == ["here"]


async def test_an_overwrite_keeps_the_ids_of_known_names(discord: DiscordServer, rest: Bot) -> None:
    rest.tree.add_command(named("one"))
    [before] = await rest.tree.sync()
    rest.tree.add_command(named("two"))
    after = await rest.tree.sync()

    assert {command.name for command in after} == {"one", "two"}
    assert before.id in {command.id for command in after}
    assert len(discord.command_creates) == 2


async def test_a_day_has_so_many_creates(discord: DiscordServer, rest: Bot) -> None:
    discord.daily_command_creates = 2
    for name in ("one", "two"):
        rest.tree.add_command(named(name))
    await rest.tree.sync()
    rest.http.max_ratelimit_timeout = 30
    rest.tree.add_command(named("three"))

    with pytest.raises(RateLimited):
        await rest.tree.sync()

    assert (discord.calls[-1].status, discord.calls[-1].code) == (429, 30034)
    assert len(discord.commands) == 2
    discord.pass_time(hours=25)
    await rest.tree.sync()
    assert len(discord.commands) == 3


async def test_a_guilds_own_command_goes_first(
    discord: DiscordServer, channel: Channel, ada: Person, bot: Bot
) -> None:
    guild = Object(discord.guild.id)
    bot.tree.add_command(named("hello"))
    bot.tree.add_command(named("hello"), guild=guild)
    await bot.tree.sync()
    await bot.tree.sync(guild=guild)

    reply = await discord.command("hello", channel=channel, person=ada)

    assert reply.interaction.data["guild_id"] == str(guild.id)


async def test_only_the_apps_own_commands(rest: Bot) -> None:
    assert await refusal(rest.http.bulk_upsert_global_commands(1, [])) == (403, 50001)


async def test_a_bad_command_is_a_violation(discord: DiscordServer, rest: Bot) -> None:
    command = named("ok")
    command.description = ""
    rest.tree.add_command(command)

    with pytest.raises(app_commands.CommandSyncFailure):
        await rest.tree.sync()

    [violation] = discord.violations
    route = "PUT /applications/{id}/commands"
    assert violation == f"{route}: 50035: /0/description: 0 characters, not up to 100"
    discord.violations.clear()

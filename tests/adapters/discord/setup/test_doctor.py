"""`council doctor` in a Discord that is set up well, and in one that is not."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.console.checkup import examine
from bot.composition.discord_checks import discord_checks
from bot.config import Settings
from bot.config.file import CouncilFile
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.permissions import BOT, Permission
from tests.fakes.discord.server import DiscordServer

NOBODY = Permission.VIEW_CHANNEL


BARE = Settings(
    data_dir=Path(),
    database_url="sqlite://",
    log_level=None,
    source=None,
    file=CouncilFile(),
    providers={},
)


async def findings(
    discord: DiscordServer,
    *,
    token: str | None = None,
    api_url: str | None = None,
    gateway_url: str | None = None,
    shards: str | None = None,
) -> list[str]:
    settings = replace(
        BARE,
        secrets={"DISCORD_TOKEN": token or discord.token},
        discord_api_url=api_url or discord.api_url,
        discord_gateway_url=gateway_url,
        discord_shards=shards,
    )
    out = io.StringIO()
    await examine(discord_checks(settings), out)
    return out.getvalue().splitlines()


async def test_all_is_well(discord: DiscordServer) -> None:
    discord.allowed_intents = Intent.MESSAGE_CONTENT

    assert await findings(discord) == [
        f"✓ discord token: council, application {discord.application.id}",
        "✓ discord message content: allowed",
        "✓ discord servers: all rights are there in Acme",
        "✓ discord gateway: reached, 1000 of 1000 sessions left today, recommended shards: 1",
    ]
    assert discord.identifies == []


def test_without_discord_there_is_nothing_to_look_at() -> None:
    assert discord_checks(BARE) == []


async def test_a_setting_that_is_wrong_is_named(discord: DiscordServer) -> None:
    (found,) = await findings(discord, token=f"Bot {discord.token}")

    assert found.startswith("✗ discord: DISCORD_TOKEN must be the bare token")


async def test_a_wrong_token_says_where_the_right_one_is() -> None:
    async with DiscordServer() as discord:
        found = await findings(discord, token=f"{discord.token}x")

    assert found[0].startswith("✗ discord token: Discord does not take DISCORD_TOKEN")
    assert "Reset Token" in found[0]


async def test_without_message_content_it_works_and_says_what_to_switch_on(
    discord: DiscordServer,
) -> None:
    found = (await findings(discord))[1]

    assert found.startswith("✓ discord message content: not allowed")
    assert "Message Content Intent in the Developer Portal" in found


async def test_missing_rights_are_named_by_server(discord: DiscordServer) -> None:
    lacking = BOT & ~(Permission.PIN_MESSAGES | Permission.ATTACH_FILES)
    discord.add_guild("Beta", permissions=lacking, everyone=NOBODY)
    discord.add_guild("Elsewhere", has_bot=False)

    found = (await findings(discord))[2]

    assert found.startswith(
        "✗ discord servers: missing rights: Beta (Attach Files, Pin Messages). Give them"
    )
    assert "council discord invite" in found


async def test_not_all_servers_are_listed(discord: DiscordServer) -> None:
    for number in range(14):
        discord.add_guild(f"G{number}", permissions=NOBODY, everyone=NOBODY)

    found = (await findings(discord))[2]

    assert found.count("Send Messages,") == 10
    assert "and 4 more" in found


async def test_a_bot_in_no_server_gets_the_link(discord: DiscordServer) -> None:
    discord.kick_bot(discord.guild)

    found = (await findings(discord))[2]

    assert found == (
        "✓ discord servers: in none yet; open the link that `council discord invite` prints"
    )


async def test_sessions_that_are_used_up_are_told(discord: DiscordServer) -> None:
    discord.most_identifies = 0

    assert (await findings(discord))[3].startswith("✗ discord gateway: all 0 sessions")


async def test_too_few_shards_are_told(discord: DiscordServer) -> None:
    discord.recommended_shards = 4

    found = (await findings(discord, shards="0-1/2"))[3]

    assert found.startswith("✗ discord gateway: COUNCIL_DISCORD_SHARDS says 2 shards")
    assert (await findings(discord, shards="0-1/4"))[3].startswith("✓")


@pytest.mark.parametrize(
    "fault", [faults.status(503), faults.status(200), faults.lost_before_effect()]
)
async def test_a_gateway_that_does_not_greet_is_told(
    discord: DiscordServer, fault: faults.Fault
) -> None:
    discord.faults.add("gateway", fault, times=None)

    found = (await findings(discord))[3]

    assert found == "✗ discord gateway: Discord did not answer. Try again in a moment."


async def test_a_gateway_elsewhere_is_looked_at(discord: DiscordServer) -> None:
    found = (await findings(discord, gateway_url="ws://127.0.0.1:1"))[3]

    assert found == "✗ discord gateway: Discord cannot be reached. Try again in a moment."


async def test_a_discord_that_is_away_is_no_traceback(discord: DiscordServer) -> None:
    found = await findings(discord, api_url="http://127.0.0.1:1/api")

    assert found[0] == "✗ discord token: Discord cannot be reached. Try again in a moment."

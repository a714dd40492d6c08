"""One program serves Slack and Discord at once, and answers each where it was asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.composition.service import open_service
from tests.adapters.discord.office import Office as DiscordOffice
from tests.adapters.discord.office import make_fast as make_discord_fast
from tests.adapters.slack.office import Office as SlackOffice
from tests.adapters.slack.office import make_fast as make_slack_fast
from tests.adapters.stage import SPEED, settled
from tests.fakes.discord.server import DiscordServer
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer


async def test_each_question_is_answered_on_its_own_platform(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_slack_fast(monkeypatch)
    make_discord_fast(monkeypatch)
    async with (
        ModelServer() as models,
        SlackServer(speed=SPEED) as slack,
        DiscordServer(speed=SPEED) as discord,
    ):
        in_slack = SlackOffice(
            models=models,
            folder=tmp_path,
            database_url=sqlite_url,
            slack=slack,
            channel=slack.add_channel("general"),
            kim=slack.add_person("kim"),
        )
        in_discord = DiscordOffice(
            models=models,
            folder=tmp_path,
            database_url=sqlite_url,
            discord=discord,
            channel=discord.add_channel("general"),
            ada=discord.add_person("Ada"),
        )
        settings = in_slack.configured(
            secrets={**in_slack.by_socket(), "DISCORD_TOKEN": discord.token},
            slack_api_url=slack.api_url,
            discord_api_url=discord.api_url,
            discord_gateway_url=discord.gateway_url,
        )
        said: list[str] = []

        async with open_service(settings, said.append):
            _, thread = await asyncio.gather(in_slack.ask(), in_discord.ask())
            known = await settled(in_slack, 2)

        assert {one.question.place.platform for one in known} == {"slack", "discord"}
        assert len(in_slack.channel.pins) == len(thread.pins) == 1
        assert any(line.startswith("Slack: ") for line in said)
        assert any(line.startswith("Discord: ") for line in said)

"""Slack and Discord with a channel each, for one program that serves both."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from tests.adapters.discord.office import Office as DiscordOffice
from tests.adapters.slack.office import Office as SlackOffice
from tests.adapters.stage import SPEED
from tests.fakes.discord.server import DiscordServer
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer


@dataclass(frozen=True, slots=True)
class Both:
    """An office on each platform, and the settings of a program that serves both."""

    slack: SlackOffice
    discord: DiscordOffice
    settings: Settings


@asynccontextmanager
async def opened(folder: Path, database_url: str) -> AsyncGenerator[Both]:
    """Put everything together but the program."""
    async with (
        ModelServer() as models,
        SlackServer(speed=SPEED) as slack,
        DiscordServer(speed=SPEED) as discord,
    ):
        in_slack = SlackOffice(
            models=models,
            folder=folder,
            database_url=database_url,
            slack=slack,
            channel=slack.add_channel("general"),
            kim=slack.add_person("kim"),
        )
        in_discord = DiscordOffice(
            models=models,
            folder=folder,
            database_url=database_url,
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
        yield Both(in_slack, in_discord, settings)

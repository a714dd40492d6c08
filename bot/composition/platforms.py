"""The chat platforms that are set up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

from starlette.routing import Route

from bot.config import Settings
from bot.errors import BadConfig
from bot.ports import Rooms
from bot.storage.database import Database
from bot.team.asking import Asking
from bot.work.worker import Platform

_NOTHING_TO_SERVE = (
    "There is nothing to serve: set DISCORD_TOKEN to run in Discord, or SLACK_BOT_TOKEN and "
    "SLACK_APP_TOKEN to run in Slack. docs/discord.md and docs/slack.md lead there."
)


class Opened(Protocol):
    """A chat platform as far as it stands before there is a council to listen for."""

    @property
    def name(self) -> str:
        """How places and records call it."""
        ...

    @property
    def platform(self) -> Platform:
        """What deliberations need."""
        ...

    @property
    def rooms(self) -> Rooms:
        """What schedules need."""
        ...

    @property
    def described(self) -> str:
        """Where and how the bot listens."""
        ...

    def listening(self, asking: Asking) -> AbstractAsyncContextManager[list[Route]]:
        """Take deliveries while the context is open; yields the addresses to serve for it."""
        ...


def check_any(settings: Settings) -> None:
    """Check that there is a platform to serve. Raises `BadConfig`."""
    if settings.slack() is None and settings.discord() is None:
        raise BadConfig(_NOTHING_TO_SERVE)


@asynccontextmanager
async def open_platforms(
    settings: Settings, database: Database, say: Callable[[str], None]
) -> AsyncGenerator[list[Opened]]:
    """Open all that are set up; `say` tells the operator what they wait for. Raises `BadConfig`."""
    slack, discord = settings.slack(), settings.discord()
    async with AsyncExitStack() as stack:
        opened: list[Opened] = []
        # A platform's library takes some ten megabytes; who serves the other one does without.
        if slack is not None:
            from bot.composition.slack import open_slack  # noqa: PLC0415

            opening = open_slack(settings, slack, database, say)
            opened.append(await stack.enter_async_context(opening))
        if discord is not None:
            from bot.composition.discord import open_discord  # noqa: PLC0415

            opening = open_discord(settings, discord, database, say)
            opened.append(await stack.enter_async_context(opening))
        yield opened

"""The chat platforms that are set up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Protocol

from starlette.routing import Route

from adapters.console.requests import EVERY_ROLE, Role
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

_NO_WAY = {
    Role.GATEWAY: (
        "No platform that is set up comes by a socket, so there is nothing to do as gateway; "
        "Slack by HTTP is served with --role web."
    ),
    Role.WEB: (
        "No platform that is set up comes by HTTP, so there is nothing to do as web; "
        "sockets are served with --role gateway."
    ),
}


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

    @property
    def fault(self) -> str | None:
        """What keeps deliveries away that it takes, None if nothing is known to."""
        ...

    @property
    def ways(self) -> frozenset[Role]:
        """The roles by which it takes deliveries: by a socket, by HTTP, or by both."""
        ...

    def listening(
        self, asking: Asking, roles: Collection[Role]
    ) -> AbstractAsyncContextManager[list[Route]]:
        """Take the deliveries of these roles while the context is open.

        Yields the addresses to serve for it.
        """
        ...


def check_ways(opened: Sequence[Opened], roles: frozenset[Role]) -> None:
    """Check that each role that takes deliveries has any to take. Raises `BadConfig`."""
    ways = frozenset[Role]().union(*(each.ways for each in opened))
    if roles == EVERY_ROLE:
        return
    for role, fault in _NO_WAY.items():
        if role in roles - ways:
            raise BadConfig(fault)


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

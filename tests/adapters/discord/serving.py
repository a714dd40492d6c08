"""`council serve` in a process of its own, in a fake Discord."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.adapters import serving
from tests.fakes.discord.server import DiscordServer
from tests.launcher import Process, Start


def program(
    start: Start, folder: Path, database_url: str, discord: DiscordServer, **more: str
) -> AbstractAsyncContextManager[Process]:
    """Run it until the context ends; `more` are further settings in the environment."""
    settings = {
        "COUNCIL_DATABASE_URL": database_url,
        "COUNCIL_DISCORD_API_URL": discord.api_url,
        "COUNCIL_DISCORD_GATEWAY_URL": discord.gateway_url,
        "DISCORD_TOKEN": discord.token,
        **more,
    }
    return serving.program(start, "tests.adapters.discord.program", folder, settings)

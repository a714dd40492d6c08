"""A service behind a fake Slack, and the model server whose answers a test may hold back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.crash_server import CrashServer
from tests.e2e.crash_slack import SlackSite, open_slack
from tests.e2e.service import Service, configure
from tests.launcher import Launcher


@dataclass(frozen=True)
class Scene:
    """The models, the place where people ask, and the processes that the test starts."""

    server: CrashServer
    site: SlackSite
    service: Service


@asynccontextmanager
async def open_scene(
    launcher: Launcher, folder: Path, url: str, mode: str = "standard"
) -> AsyncGenerator[Scene]:
    """Open it on a database; whatever process is left is stopped at the end."""
    async with CrashServer() as server, open_slack() as slack:
        configure(folder, server, mode=mode)
        site = SlackSite(slack)
        service = Service(launcher.start, folder, url, site.settings)
        try:
            yield Scene(server, site, service)
        finally:
            await service.stop()

"""`council serve` in a process of its own, with all that it says and logs."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import STDOUT
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.serving import configure, environment, stop
from tests.adapters.serving import program as run_program
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer
from tests.launcher import Launcher, Process, Start, Streams


@dataclass
class Serving:
    """The program while it serves; `url` is where it listens, without a slash at the end."""

    process: Process
    lines: list[str] = field(default_factory=list[str])
    url: str = ""

    @property
    def text(self) -> str:
        return "".join(self.lines)

    async def read(self, is_ready: asyncio.Event) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())
            if line.startswith(b"HTTP: "):
                self.url = line.decode().split()[1]
            if line == b"Council is ready.\n":
                is_ready.set()
        is_ready.set()


@asynccontextmanager
async def serving(
    start: Start,
    folder: Path,
    slack: SlackServer,
    models: ModelServer,
    secrets: Mapping[str, str],
) -> AsyncGenerator[Serving]:
    """Serve at log level debug until the context ends, with these settings in the environment."""
    configure(folder, models, "[deadlines]\nsoft_min = 30\n[queue]\nper_channel = 5\n")
    settings = {
        **environment(folder),
        "COUNCIL_SLACK_API_URL": slack.api_url,
        "COUNCIL_HTTP_PORT": "0",
        "COUNCIL_LOG_LEVEL": "debug",
        **secrets,
    }
    words, streams = ("tests.adapters.slack.program", "serve"), Streams(stderr=STDOUT)
    process = await start(folder, settings, *words, streams=streams)
    served, is_ready = Serving(process), asyncio.Event()
    reading = asyncio.create_task(served.read(is_ready))
    try:
        await asyncio.wait_for(is_ready.wait(), 30)
        assert process.returncode is None, served.text
        yield served
    finally:
        await stop(process)
        await process.wait()
        await reading
    assert "Traceback" not in served.text, served.text
    assert process.returncode == 0


def program(
    launcher: Launcher, folder: Path, database_url: str, slack: SlackServer
) -> AbstractAsyncContextManager[Process]:
    """Run `council serve` on a database until the context ends."""
    settings = {
        "COUNCIL_DATABASE_URL": database_url,
        "COUNCIL_SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
    }
    return run_program(launcher.start, "tests.adapters.slack.program", folder, settings)

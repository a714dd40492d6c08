"""`council serve` in a process of its own, with all that it says and logs."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import STDOUT
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import ModelServer
from tests.fakes.slack.server import SlackServer
from tests.launcher import Process, Start, Streams


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
    _configure(folder, models)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "COUNCIL_DATA_DIR": str(folder / "data"),
        "COUNCIL_SLACK_API_URL": slack.api_url,
        "COUNCIL_HTTP_PORT": "0",
        "COUNCIL_LOG_LEVEL": "debug",
        **secrets,
    }
    words, streams = ("tests.adapters.slack.program", "serve"), Streams(stderr=STDOUT)
    process = await start(folder, environment, *words, streams=streams)
    served, is_ready = Serving(process), asyncio.Event()
    reading = asyncio.create_task(served.read(is_ready))
    try:
        await asyncio.wait_for(is_ready.wait(), 30)
        assert process.returncode is None, served.text
        yield served
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()
        await reading
    assert "Traceback" not in served.text, served.text
    assert process.returncode == 0


def _configure(folder: Path, models: ModelServer) -> None:
    members = ", ".join(f'"work/{name}"' for name in MEMBERS)
    (folder / "council.toml").write_text(
        f'[providers.work]\nkind = "openai"\nbase_url = "{models.base_url}"\n'
        f'[council]\nmembers = [{members}]\nchairman = "work/{CHAIR}"\nrevision = "off"\n'
        "[deadlines]\nsoft_min = 30\n"
    )

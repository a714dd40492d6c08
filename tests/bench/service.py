"""`council serve` as operators run it, in as many processes as a setup has, behind a fake Slack."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.adapters.serving import environment
from tests.adapters.stage import CHAIR, MEMBERS
from tests.bench.setups import Setup
from tests.fakes.slack.server import SlackServer
from tests.launcher import Process, Streams, start_python

_PATIENCE_S = 60.0
# Every question may wait, whoever asks.
_QUEUE = "[queue]\nwaiting = 100000\nwaiting_in_all = 100000\n"


@dataclass(frozen=True, slots=True)
class Service:
    """Running processes; the first one hears Slack, at `url`."""

    processes: Sequence[Process]
    url: str

    def cpu_s(self) -> float:
        """Return the CPU time of all processes until now."""
        times = [psutil.Process(each.pid).cpu_times() for each in self.processes]
        return sum(each.user + each.system for each in times)

    def rss_mb(self) -> float:
        """Return the memory of the largest process now."""
        return max(psutil.Process(each.pid).memory_info().rss for each in self.processes) / 2**20


def configure(folder: Path, models_url: str, more: str = "") -> None:
    """Write council.toml; `more` are lines of [council] and further tables."""
    members = ", ".join(f'"work/{name}"' for name in MEMBERS)
    (folder / "council.toml").write_text(
        f'[providers.work]\nkind = "openai"\nbase_url = "{models_url}"\nconcurrency = 5000\n'
        f'[council]\nmembers = [{members}]\nchairman = "work/{CHAIR}"\nrevision = "off"\n'
        f"{more}{_QUEUE}"
    )


@asynccontextmanager
async def serving(
    setup: Setup,
    database: str,
    folder: Path,
    slack: SlackServer,
    module: str = "tests.adapters.slack.program",
    more: Mapping[str, str] | None = None,
) -> AsyncGenerator[Service]:
    """Serve over HTTP until the context ends, then kill all processes."""
    told = {
        **environment(folder),
        "COUNCIL_DATABASE_URL": database,
        "COUNCIL_SLACK_API_URL": slack.api_url,
        "COUNCIL_HTTP_PORT": "0",
        "COUNCIL_LOG_LEVEL": "warning",
        "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        **(more or {}),
    }
    async with AsyncExitStack() as stack:
        processes: list[Process] = []
        url = ""
        for roles in _roles(setup):
            words = ("serve", *(word for role in roles for word in ("--role", role)))
            streams = Streams(stdout=DEVNULL)
            process = await start_python(folder, told, module, *words, streams=streams)
            stack.push_async_callback(_end, process)
            processes.append(process)
            async with asyncio.timeout(_PATIENCE_S):
                url = await _ready(process) or url
        slack.request_url = f"{url}/slack/events"
        yield Service(processes, url)


def _roles(setup: Setup) -> list[tuple[str, ...]]:
    if setup.workers == 1:
        return [()]
    return [("web", "scheduler"), *[("worker",)] * setup.workers]


async def _ready(process: Process) -> str:
    """Wait until a process is ready; return where it listens."""
    url, said = "", ""
    assert process.stderr is not None
    async for line in process.stderr:
        said += line.decode()
        if line.startswith(b"HTTP: "):
            url = line.decode().split()[1]
        if line == b"Council is ready.\n":
            return url
    message = f"council serve ended: {said}"
    raise RuntimeError(message)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.communicate()

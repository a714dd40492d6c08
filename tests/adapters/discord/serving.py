"""`council serve` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.discord.server import DiscordServer
from tests.fakes.model_server import ModelServer

ROOT = Path(__file__).parents[3]
_PATIENCE_S = 90.0


@asynccontextmanager
async def program(
    folder: Path, database_url: str, discord: DiscordServer, **more: str
) -> AsyncGenerator[Process]:
    """Run `council serve` until the context ends; yields when Discord can deliver to it.

    `more` are further settings in the environment.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "COUNCIL_DATA_DIR": str(folder / "data"),
        "COUNCIL_DATABASE_URL": database_url,
        "COUNCIL_DISCORD_API_URL": discord.api_url,
        "COUNCIL_DISCORD_GATEWAY_URL": discord.gateway_url,
        "DISCORD_TOKEN": discord.token,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.adapters.discord.program", "serve"),
        stderr=PIPE,
        cwd=folder,
        env=environment,
    )
    try:
        assert process.stderr is not None
        await asyncio.wait_for(process.stderr.readuntil(b"Council is ready.\n"), _PATIENCE_S)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        _, said = await process.communicate()
        assert b"Traceback" not in said, said.decode()


def configure(folder: Path, models: ModelServer) -> None:
    members = ", ".join(f'"work/{name}"' for name in MEMBERS)
    (folder / "council.toml").write_text(
        f'[providers.work]\nkind = "openai"\nbase_url = "{models.base_url}"\n'
        f'[council]\nmembers = [{members}]\nchairman = "work/{CHAIR}"\nrevision = "off"\n'
    )

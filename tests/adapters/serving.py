"""`council serve` in a process of its own, for any platform."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.adapters.stage import CHAIR, MEMBERS
from tests.fakes.model_server import ModelServer
from tests.launcher import Process, Start

_PATIENCE_S = 90.0
# A program with nothing to do has ended by then; one that waits for models may wait for long.
_GOODBYE_S = 0.5


@asynccontextmanager
async def program(
    start: Start, module: str, folder: Path, settings: Mapping[str, str]
) -> AsyncGenerator[Process]:
    """Run `council serve` until the context ends; yields when it is ready."""
    process = await start(folder, {**environment(folder), **settings}, module, "serve")
    try:
        assert process.stderr is not None
        await asyncio.wait_for(process.stderr.readuntil(b"Council is ready.\n"), _PATIENCE_S)
        yield process
    finally:
        await stop(process)
        _, said = await process.communicate()
        assert b"Traceback" not in said, said.decode()


async def stop(process: Process) -> None:
    """Ask a program to end, and again if it waits for what is out.

    Whatever it says must fit into a pipe until somebody reads it.
    """
    for _ in range(2):
        if process.returncode is None:
            # Not by the process itself: that looks first, and takes the exit code from asyncio.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _GOODBYE_S)


def environment(folder: Path) -> dict[str, str]:
    """Return what every machine has, with the folder as its home."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "COUNCIL_DATA_DIR": str(folder / "data"),
    }


def configure(folder: Path, models: ModelServer, more: str = "") -> None:
    """Write council.toml, with further lines at its end."""
    members = ", ".join(f'"work/{name}"' for name in MEMBERS)
    (folder / "council.toml").write_text(
        f'[providers.work]\nkind = "openai"\nbase_url = "{models.base_url}"\n'
        f'[council]\nmembers = [{members}]\nchairman = "work/{CHAIR}"\nrevision = "off"\n{more}'
    )

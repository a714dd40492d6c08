"""The program as people use it: a process in a folder of its own, on a machine without anything."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.llm.providers import KNOWN
from tests.fakes.model_server import ModelServer
from tests.launcher import Process, Start, Streams, start_python

MEMBERS = ("model-a", "model-b", "model-c")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    code: int
    out: str
    err: str


Call = Callable[..., Awaitable[Outcome]]


class Program:
    """The command `council` in a folder of its own, with a model server behind it."""

    def __init__(
        self, folder: Path, server: ModelServer, start_module: Start = start_python
    ) -> None:
        self.server = server
        self.environment = dict(os.environ)
        # A start that compiles all modules anew would take seconds.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.start_module = start_module
        self._folder = folder
        members = ", ".join(f'"work/{name}"' for name in MEMBERS)
        self.configure(
            f'[providers.work]\nkind = "openai"\nbase_url = "{server.base_url}"\n'
            f'[council]\nmembers = [{members}]\nchairman = "work/chair"\n'
            # Every member is waited for, however busy the machine.
            "[deadlines]\nsoft_min = 30\ncall = 60\ndeliberation = 120\n"
        )

    def configure(self, text: str) -> None:
        """Write council.toml."""
        (self._folder / "council.toml").write_text(text)

    async def start(self, *words: str | bytes, stdin: int = DEVNULL, stdout: int = PIPE) -> Process:
        """Start it."""
        streams = Streams(stdin, stdout)
        return await self.start_module(
            self._folder, self.environment, "bot", *words, streams=streams
        )

    async def run(self, *words: str | bytes, stdin: bytes | None = None) -> Outcome:
        """Run it to its end, with `stdin` to read."""
        if stdin is None:
            return await ended(await self.start(*words))
        reading, writing = os.pipe()
        process = await self.start(*words, stdin=reading)
        os.close(reading)
        _, outcome = await asyncio.gather(asyncio.to_thread(_feed, writing, stdin), ended(process))
        return outcome


def _feed(pipe: int, data: bytes) -> None:
    # The program may end before it has read all.
    with suppress(BrokenPipeError), os.fdopen(pipe, "wb", 0) as writer:
        writer.write(data)


async def ended(process: Process) -> Outcome:
    """Wait for the end; there is no traceback, whatever happened."""
    out, err = await process.communicate()
    assert b"Traceback" not in err, err.decode()
    return Outcome(process.returncode or 0, (out or b"").decode(), err.decode())


def make_bare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend to be on a machine with no key, no file, an empty home."""
    for name in [known.key_name for known in KNOWN.values() if known.key_name]:
        monkeypatch.delenv(name, raising=False)
    for name in ("COUNCIL_CONFIG", "COUNCIL_DATABASE_URL", "COUNCIL_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.setenv("COUNCIL_DATA_DIR", str(folder / "data"))
    monkeypatch.chdir(folder)

"""The program as people use it: a process in a folder of its own, on a machine without anything."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.llm.providers import KNOWN
from tests.fakes.model_server import ModelServer

ROOT = Path(__file__).parents[1]
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

    def __init__(self, folder: Path, server: ModelServer) -> None:
        self.server = server
        self.environment = dict(os.environ)
        # A start that compiles all modules anew would take seconds.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.environment["PYTHONPATH"] = str(ROOT)
        self._folder = folder
        members = ", ".join(f'"work/{name}"' for name in MEMBERS)
        self.configure(
            f'[providers.work]\nkind = "openai"\nbase_url = "{server.base_url}"\n'
            f'[council]\nmembers = [{members}]\nchairman = "work/chair"\n'
            "[deadlines]\nsoft_min = 0.3\ncall = 60\ndeliberation = 120\n"
        )

    def configure(self, text: str) -> None:
        """Write council.toml."""
        (self._folder / "council.toml").write_text(text)

    async def start(
        self, *words: str | bytes, stdin: int | None = None, stdout: int = PIPE
    ) -> Process:
        """Start it."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
            cwd=self._folder,
            env=self.environment,
        )

    async def run(self, *words: str | bytes, stdin: bytes | None = None) -> Outcome:
        """Run it to its end, with `stdin` to read."""
        process = await self.start(*words, stdin=None if stdin is None else PIPE)
        return await ended(process, stdin)


async def ended(process: Process, stdin: bytes | None = None) -> Outcome:
    """Wait for the end; there is no traceback, whatever happened."""
    out, err = await process.communicate(stdin)
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

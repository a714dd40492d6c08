"""The processes of one service: `council serve` as often as wanted, struck, paused and stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.adapters.serving import environment
from tests.e2e.crash_server import CHAIRMAN, MEMBERS, CrashServer
from tests.e2e.crash_service import NEVER
from tests.launcher import Process, Start

_PATIENCE_S = 90.0
# What the service promises from a signal to its end.
_GOODBYE_S = 25.0

# Answers that are held must not be in the way of others.
_AT_ONCE = 500

READY = b"Council is ready.\n"


@dataclass(eq=False)
class Running:
    """One process, what it does of the service, and how it was told to die."""

    process: Process
    roles: tuple[str, ...] = ()
    crash_at: str = NEVER
    is_paused: bool = False

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    @property
    def was_killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL

    def tell(self, number: int) -> None:
        """Send it a signal; one that is dead does not hear it."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def until_said(self, words: bytes) -> None:
        """Return when it has said this."""
        assert self.process.stderr is not None
        await asyncio.wait_for(self.process.stderr.readuntil(words), _PATIENCE_S)

    def kill(self) -> None:
        """Kill it, whatever it does."""
        self.tell(signal.SIGKILL)


@dataclass(eq=False)
class Service:
    """A folder, a database, models and a platform for any number of processes.

    `ended` tells how those ended that were asked to.
    """

    start_module: Start
    folder: Path
    database_url: str
    settings: Mapping[str, str]
    running: list[Running] = field(default_factory=list[Running])
    ended: list[str] = field(default_factory=list[str])

    async def start(self, *roles: str, crash_at: str = NEVER) -> Running:
        """Start a process with these roles, all of them if none is named; return when it is ready.

        One that is to kill itself may be dead by then.
        """
        told = {**environment(self.folder), **self.settings, "COUNCIL_LOG_LEVEL": "warning"}
        told["COUNCIL_DATABASE_URL"] = self.database_url
        words = ("serve", *(word for role in roles for word in ("--role", role)))
        module = "tests.e2e.crash_service"
        process = await self.start_module(self.folder, told, module, crash_at, *words)
        started = Running(process, roles, crash_at)
        self.running.append(started)
        await _ready(started)
        return started

    @property
    def living(self) -> list[Running]:
        """Those that run, the oldest first."""
        return [each for each in self.running if each.is_alive]

    def owner(self, port: int) -> Running | None:
        """Return the living process that holds a connection from this port."""
        for each in self.living:
            with suppress(psutil.Error):
                held = psutil.Process(each.process.pid).net_connections("tcp")
                if any(one.laddr and one.laddr.port == port for one in held):
                    return each
        return None

    def strike(self, port: int) -> None:
        """Kill the process whose connection comes from this port."""
        if (owner := self.owner(port)) is not None:
            owner.kill()

    async def stop(self) -> None:
        """Ask all that live to end, and note whoever does it badly."""
        for each in self.living:
            each.tell(signal.SIGCONT)
            each.tell(signal.SIGTERM)
        await asyncio.gather(*(self._end(each) for each in self.running))
        self.running.clear()

    async def _end(self, each: Running) -> None:
        try:
            async with asyncio.timeout(_GOODBYE_S):
                _, said = await each.process.communicate()
        except TimeoutError:
            self.ended.append(f"it did not end within {_GOODBYE_S:.0f} s")
            each.kill()
            _, said = await each.process.communicate()
        if each.process.returncode not in (0, -signal.SIGKILL) or b"Traceback" in said:
            self.ended.append(f"exit code {each.process.returncode}: {said.decode()}")


async def _ready(started: Running) -> None:
    assert started.process.stderr is not None
    said = b""
    async with asyncio.timeout(_PATIENCE_S):
        while not said.endswith(READY):
            if not (line := await started.process.stderr.readline()):
                break
            said += line
        else:
            return
        await started.process.wait()
    assert started.was_killed, said.decode()


def configure(folder: Path, server: CrashServer, *, mode: str = "standard", more: str = "") -> None:
    """Write council.toml for the server's models, with further lines at its end."""
    folder.mkdir(parents=True, exist_ok=True)
    members = ", ".join(f'"work/{name}"' for name in MEMBERS)
    (folder / "council.toml").write_text(
        f'[providers.work]\nkind = "openai"\nbase_url = "{server.base_url}"\n'
        f"concurrency = {_AT_ONCE}\n"
        f'[council]\nmembers = [{members}]\nchairman = "work/{CHAIRMAN}"\n'
        f'revision = "off"\nmode = "{mode}"\n'
        f"[deadlines]\nsoft_min = 100\ncall = 100\ndeliberation = 300\n{more}"
    )

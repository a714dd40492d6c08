"""Starts programs for tests: a new Python each, or a fork of one that has loaded everything.

To load the program takes most of a second of CPU, and the tests start it a hundred times. A fork is
a process like any other, with signals, files, a folder and an environment of its own; what it does
not show is the loading.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from asyncio import BaseTransport, StreamReader, StreamReaderProtocol
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

ROOT = Path(__file__).parents[1]
_GOODBYE_S = 20.0


class Process(Protocol):
    """A program that was started; as much of `asyncio.subprocess.Process` as tests need."""

    @property
    def pid(self) -> int: ...

    @property
    def stdout(self) -> StreamReader | None: ...

    @property
    def stderr(self) -> StreamReader | None: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    async def communicate(self) -> tuple[bytes, bytes]: ...

    def send_signal(self, signal: int) -> None: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Streams:
    """Descriptors, or what `asyncio.subprocess` calls them."""

    stdin: int = DEVNULL
    stdout: int = PIPE
    stderr: int = PIPE


PIPES = Streams()


class Start(Protocol):
    """Starts a module in a folder with these words after it, as `python -m` does."""

    async def __call__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        module: str,
        *words: str | bytes,
        streams: Streams = PIPES,
    ) -> Process: ...


async def start_python(
    folder: Path,
    environment: Mapping[str, str],
    module: str,
    *words: str | bytes,
    streams: Streams = PIPES,
) -> Process:
    """Start a new Python; implements `Start`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        stdin=streams.stdin,
        stdout=streams.stdout,
        stderr=streams.stderr,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environment},
    )


class Launcher:
    """Starts forks of one process, which lasts from the first start to the end of the context."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    async def start(
        self,
        folder: Path,
        environment: Mapping[str, str],
        module: str,
        *words: str | bytes,
        streams: Streams = PIPES,
    ) -> Process:
        """Start a fork; implements `Start`."""
        request = {
            "module": module,
            "words": [os.fsdecode(word) for word in words],
            "folder": str(folder),
            "environment": dict(environment),
        }
        with ExitStack() as theirs:
            status, told = _pipe(theirs)
            out, stdout = _pipe(theirs) if streams.stdout == PIPE else (None, streams.stdout)
            err, stderr = _pipe(theirs) if streams.stderr == PIPE else (None, streams.stderr)
            stdin = _nothing(theirs) if streams.stdin == DEVNULL else streams.stdin
            given = (stdin, stdout, stdout if stderr == STDOUT else stderr, told)
            socket.send_fds(self._socket(), [json.dumps(request).encode()], given)
        return await _Fork.opened(status, out, err)

    def _socket(self) -> socket.socket:
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                process = subprocess.Popen(
                    [sys.executable, "-m", "tests.launched"],
                    stdin=theirs.fileno(),
                    cwd=ROOT,
                    start_new_session=True,
                )
            self._stack.callback(process.wait, _GOODBYE_S)
            # It ends when nobody holds the other end of its socket.
            self._control = self._stack.enter_context(ours)
        return self._control


class _Pipe(StreamReaderProtocol):
    """The end of a pipe that is read from."""

    def __init__(self, reader: StreamReader) -> None:
        super().__init__(reader)
        self.reader = reader
        self._lost = asyncio.Event()
        self._transport: BaseTransport | None = None

    @classmethod
    async def opened(cls, descriptor: int) -> Self:
        pipe = os.fdopen(descriptor, "rb", 0)
        opening = asyncio.get_running_loop().connect_read_pipe(lambda: cls(StreamReader()), pipe)
        _, protocol = await opening
        return protocol

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._lost.set()

    async def end(self) -> None:
        """Wait until all of it was said; what nobody reads is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_S):
                await self._lost.wait()
        if self._transport is not None:
            self._transport.close()


class _Fork:
    """A program that was forked; implements `Process`."""

    def __init__(self, status: _Pipe, pid: int, out: _Pipe | None, err: _Pipe | None) -> None:
        self.stdout = out and out.reader
        self.stderr = err and err.reader
        self.returncode: int | None = None
        self.pid = pid
        self._pipes = [pipe for pipe in (status, out, err) if pipe is not None]
        self._ending = asyncio.create_task(self._end(status.reader))

    @classmethod
    async def opened(cls, status: int, out: int | None, err: int | None) -> Self:
        told = await _Pipe.opened(status)
        stdout = None if out is None else await _Pipe.opened(out)
        stderr = None if err is None else await _Pipe.opened(err)
        return cls(told, int(await told.reader.readline()), stdout, stderr)

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    async def communicate(self) -> tuple[bytes, bytes]:
        out, err, _ = await asyncio.gather(_rest(self.stdout), _rest(self.stderr), self.wait())
        return out, err

    def send_signal(self, signal: int) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def _end(self, status: StreamReader) -> int:
        self.returncode = int(await status.readline())
        await asyncio.gather(*(pipe.end() for pipe in self._pipes))
        return self.returncode


def _pipe(theirs: ExitStack) -> tuple[int, int]:
    """Return the two ends of a pipe: ours, to read from, and theirs, which the stack closes."""
    ours, given = os.pipe()
    theirs.callback(os.close, given)
    return ours, given


def _nothing(theirs: ExitStack) -> int:
    null = os.open(os.devnull, os.O_RDONLY)
    theirs.callback(os.close, null)
    return null


async def _rest(stream: StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()

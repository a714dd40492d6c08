"""The process that `tests.launcher` forks programs from: it loads everything and starts nothing."""

from __future__ import annotations

import gc
import json
import os
import runpy
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TypedDict

from adapters.console.commandline import parse
from bot.llm.http import trusted

# All that programs load, but for those modules that run as `__main__`.
LOADED = (
    "adapters.console.checkup",
    "adapters.console.listeners",
    "adapters.console.live",
    "bot.composition.checks",
    "bot.composition.desk",
    "bot.composition.discord",
    "bot.composition.providers",
    "bot.composition.records",
    "bot.composition.service",
    "bot.composition.slack",
    "bot.composition.terminal",
    "bot.logs",
    "bot.storage.loop_sessions",
    "bot.storage.upgrade",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "tests.adapters.stage",
)
_MOST_BYTES = 200_000  # as much as a socket takes at once
_STREAMS = ("stdin", "stdout", "stderr")
_MOST_DESCRIPTORS = 1024


class Request(TypedDict):
    """What a fork is to become."""

    module: str
    words: list[str]
    folder: str
    environment: dict[str, str]


def serve(control: socket.socket) -> Request | None:
    """Fork for each request; return in a fork what it is to become, else when all have ended."""
    while True:
        message, given, _, _ = socket.recv_fds(control, _MOST_BYTES, len(_STREAMS) + 1)
        if not message:
            _bury(0)
            return None
        if os.fork() == 0:
            control.detach()
            _watch(given[-1])
            _take(given[:-1])
            return json.loads(message)
        for descriptor in given:
            os.close(descriptor)
        _bury(os.WNOHANG)


def _bury(options: int) -> None:
    """Wait for those who watched a fork: what all of them cost counts as the tests' own."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options) != (0, 0):
            pass


def _watch(status: int) -> None:
    """Fork once more and return in that process; in this one, tell its id and how it ends."""
    pid = os.fork()
    if pid == 0:
        return
    os.write(status, b"%d\n" % pid)
    _, ended = os.waitpid(pid, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _take(streams: Sequence[int]) -> None:
    """Let these be the standard streams, and nothing else be open."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(len(streams), _MOST_DESCRIPTORS)
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace")


def become(request: Request) -> int:
    """Run as `python -m` does and return the exit code."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["module"], *request["words"]]
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def main() -> None:
    """Load, and serve whoever holds the other end of the standard input."""
    for name in LOADED:
        import_module(name)
    parse(["doctor"])  # it loads what reads a command line
    trusted()
    gc.collect()
    gc.freeze()
    request = serve(socket.socket(fileno=0))
    if request is not None:
        code = become(request)
        sys.stdout.flush()
        # To unload takes as long as many a program runs.
        os._exit(code)


if __name__ == "__main__":
    main()

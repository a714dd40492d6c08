"""The HTTP server, for whatever has addresses to serve."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.errors import BadConfig

_KEEP_ALIVE_S = 20
_GOODBYE_S = 5


class _Server(uvicorn.Server):
    """A server that leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def open_web(
    routes: Sequence[BaseRoute], host: str, port: int, *, named: str = "COUNCIL_HTTP"
) -> AsyncGenerator[int]:
    """Serve while the context is open; yields the port, which is chosen if 0 is asked for.

    `named` is how the settings of the address begin.

    Raises `BadConfig` if the address cannot be had.
    """
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        log_config=None,  # it would log what is asked, addresses and all
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    with closing(_listener(host, port, named)) as listener:
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await asyncio.wait({serving})


def _listener(host: str, port: int, named: str) -> socket.socket:
    """Take the address; who connects from now on waits for the server to start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        message = f"{named}_HOST and {named}_PORT ({host}:{port}) cannot be used."
        raise BadConfig(message) from error

"""The HTTP server, for whatever has addresses to serve."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.errors import BadConfig

# Slack gives up after 3 s; whoever is slower to send has gone.
_KEEP_ALIVE_S = 20
_GOODBYE_S = 5
_LOOK_EVERY_S = 0.005


class _Server(uvicorn.Server):
    """A server that leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def open_web(routes: Sequence[BaseRoute], host: str, port: int) -> AsyncGenerator[int]:
    """Serve while the context is open; yields the port, which is chosen if 0 is asked for.

    Raises `BadConfig` if the address cannot be had.
    """
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        host=host,
        port=port,
        log_config=None,  # it would log what is asked, addresses and all
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    try:
        listener = config.bind_socket()
    except SystemExit as error:  # uvicorn's way to say so
        message = f"COUNCIL_HTTP_HOST and COUNCIL_HTTP_PORT ({host}:{port}) cannot be used."
        raise BadConfig(message) from error
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 uvicorn tells nobody
            await asyncio.sleep(_LOOK_EVERY_S)
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
        listener.close()

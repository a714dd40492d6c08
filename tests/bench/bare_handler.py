"""A server that acknowledges whatever comes and does nothing: the bare minimum of the bot's.

`python -m tests.bench.bare_handler` prints its port.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.launcher import Process, start_python


@asynccontextmanager
async def bare_handler() -> AsyncGenerator[tuple[Process, str]]:
    """Run it in a process of its own; yields that, and where it listens."""
    folder = Path(tempfile.gettempdir())
    process = await start_python(folder, {}, "tests.bench.bare_handler")
    try:
        assert process.stdout is not None
        port = int(await process.stdout.readline())
        yield process, f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        await process.communicate()


async def _serve() -> None:
    async def acknowledge(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", acknowledge)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())

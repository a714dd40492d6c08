"""What operators look at: whether the process lives, whether it can work, and its figures.

At an address of its own, so that nothing of it is ever reached where Slack comes in.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.composition.health import Health
from bot.composition.watch import Watch
from bot.composition.web import open_web
from bot.config import Settings

if TYPE_CHECKING:
    from bot.metrics.meters import Meters

_UNAVAILABLE = 503


@asynccontextmanager
async def open_admin(
    settings: Settings, health: Health, say: Callable[[str], None]
) -> AsyncGenerator[Watch]:
    """Serve what is watched while the context is open, if there is a port for it.

    `say` tells the operator where. Raises `BadConfig` if the address cannot be had.
    """
    watch, host, port = Watch(health), settings.admin_host, settings.admin_port
    if port is None:
        yield watch
        return
    # Nobody who has no figures read pays for loading what counts them.
    from bot.metrics.meters import open_meters  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        stack.push_async_callback(health.close)
        meters = await stack.enter_async_context(open_meters(watch.backlog, watch.passed))
        watch.models, watch.work = meters.models, meters.work
        web = open_web(_routes(health, meters), host, port, named="COUNCIL_ADMIN")
        chosen = await stack.enter_async_context(web)
        say(f"Health and metrics: http://{f'[{host}]' if ':' in host else host}:{chosen}")
        yield watch


def _routes(health: Health, meters: Meters) -> list[Route]:
    from bot.metrics.meters import CONTENT_TYPE  # noqa: PLC0415 as above

    async def healthz(_: Request) -> Response:
        """Answer: the loop turns."""
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        found = await health.look()
        is_ready = not any(found.values())
        checks = {name: fault or "ok" for name, fault in found.items()}
        document = {"is_ready": is_ready, "checks": checks}
        return JSONResponse(document, status_code=200 if is_ready else _UNAVAILABLE)

    async def metrics(_: Request) -> Response:
        return Response(await meters.text(), headers={"Content-Type": CONTENT_TYPE})

    paths = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return [Route(path, endpoint) for path, endpoint in paths.items()]

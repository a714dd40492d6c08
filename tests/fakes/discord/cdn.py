"""Where attachments are fetched from, by addresses that die."""

from __future__ import annotations

import time

from aiohttp import web

from tests.fakes.discord.faults import Faults
from tests.fakes.discord.traffic import Call
from tests.fakes.discord.world import World


class Cdn:
    """Serves `/attachments/…`."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file's content, or 404 if the address is not good any more."""
        call = Call("cdn", "GET", request.path, time.monotonic(), dict(request.query))
        self._world.calls.append(call)
        number = int(request.match_info["file"])

        async def work() -> web.Response:
            file = self._world.files.get(number)
            if file is None or not self._world.links.is_good(number, request.query):
                call.status = 404
                return web.Response(status=404, text="This content is no longer available.")
            call.status = 200
            kind = file.content_type or "application/octet-stream"
            return web.Response(body=file.content, headers={"Content-Type": kind})

        return await self._faults.play(request, call, work)

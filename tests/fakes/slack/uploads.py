"""The addresses that files come from and go to."""

from __future__ import annotations

import time

from aiohttp import web

from tests.fakes.slack.faults import Faults, Work
from tests.fakes.slack.records import Call, File
from tests.fakes.slack.world import World

# What a browser without a session gets at url_private: a page, and status 200.
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in</body></html>"


class Uploads:
    """Serves uploads and downloads, as the calls `files.upload` and `files.download`."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes of a file, raw or as a form's only file, and as many as announced."""
        content = await _read(request)
        file = self._world.files.get(request.match_info["file"])

        async def work() -> web.Response:
            if file is None or file.is_uploaded:
                return web.Response(status=404, text="not found")
            if len(content) != int(request.query.get("length", "0")):
                fault = f"wrong_length: /: {len(content)} bytes instead of the announced number"
                self._world.violate("files.upload", fault)
                return web.Response(status=400, text="wrong length")
            file.content, file.is_uploaded = content, True
            return web.Response(text=f"OK - {len(content)}")

        return await self._play(request, "files.upload", work)

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Give the bytes to who bears a good token with `files:read`, a login page to others."""
        _, _, name = request.match_info["place"].partition("-")
        file = self._world.files.get(name)

        async def work() -> web.Response:
            if file is None:
                return web.Response(status=404, text=LOGIN_PAGE, content_type="text/html")
            if not self._may_read(request, file):
                return web.Response(text=LOGIN_PAGE, content_type="text/html")
            return web.Response(body=file.content, content_type=file.mimetype)

        return await self._play(request, "files.download", work)

    def _may_read(self, request: web.Request, file: File) -> bool:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = self._world.tokens.get(bearer)
        return (
            token is not None
            and token.error is None
            and "files:read" in token.scopes
            and token.reaches(file.workspace)
        )

    async def _play(self, request: web.Request, method: str, work: Work) -> web.StreamResponse:
        call = Call(method, time.monotonic(), "", dict(request.match_info))
        self._world.calls.append(call)

        async def recorded() -> web.StreamResponse:
            response = await work()
            call.status = response.status
            return response

        response = await self._faults.play(request, call, recorded)
        self._world.changed()
        return response


async def _read(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    fields = [f for f in (await request.post()).values() if isinstance(f, web.FileField)]
    return fields[0].file.read() if fields else b""

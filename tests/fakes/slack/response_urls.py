"""Where the app answers an interaction: docs.slack.dev/interactivity/handling-user-interaction."""

from __future__ import annotations

import json
import time

from aiohttp import web

from tests.fakes.shapes import Json, as_flag, as_object
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.methods.chat import named_blocks
from tests.fakes.slack.records import Call, Message, Response
from tests.fakes.slack.tickets import ResponseUrl
from tests.fakes.slack.validator import breaches_of, fault_of
from tests.fakes.slack.world import World


class ResponseUrls:
    """Takes what comes to a `response_url`, five times within 30 minutes."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a payload; it is recorded as a call of `response_url`."""
        try:
            payload = as_object(json.loads(await request.read()))
        except ValueError:
            payload = None
        call = Call("response_url", time.monotonic(), "", payload or {})
        self._world.calls.append(call)

        async def work() -> web.Response:
            status, words = self._take(request, payload)
            call.status, call.error = status, None if status == 200 else words
            return web.Response(status=status, text=words)

        response = await self._faults.play(request, call, work)
        self._world.changed()
        return response

    def acknowledge(self, name: str, payload: Json) -> None:
        """Take what came with the acknowledgement of a command, which is shown like the rest."""
        url = self._world.response_urls[name.rpartition("/")[2]]
        self._check(payload)
        self._show(url, payload, Response(url.channel, url.person, payload, is_ack=True))

    def _take(self, request: web.Request, payload: Json | None) -> tuple[int, str]:
        url = self._world.response_urls.get(request.match_info["name"])
        if url is None:
            return 404, "no_service"
        if url.error is not None:
            self._world.violate("response_url", f"{url.error}: no further use is allowed")
            return 404, url.error
        if payload is None:
            return 400, "invalid_payload"
        if (code := self._check(payload)) is not None:
            return 400, code
        url.uses += 1
        response = Response(url.channel, url.person, payload, str(request.url))
        self._show(url, payload, response)
        return 200, "ok"

    def _check(self, payload: Json) -> str | None:
        for breach in breaches_of("response_url", payload):
            self._world.violate("response_url", breach)
        if (fault := fault_of("response_url", payload)) is not None:
            self._world.violate("response_url", fault)
            return fault.split(": ")[0]
        return None

    def _show(self, url: ResponseUrl, payload: Json, response: Response) -> None:
        """Edit or delete the clicked message, or post a new one that one or all can see."""
        message: Message | None = None
        blocks = named_blocks(self._world, payload.get("blocks"))
        text = str(payload.get("text") or "")
        if url.message is not None and as_flag(payload.get("delete_original")):
            self._world.delete(url.message)
        elif url.message is not None and as_flag(payload.get("replace_original")):
            message = url.message
            message.change(text, blocks)
        elif payload.get("response_type") == "in_channel":
            message = self._post(url, text, blocks)
        if blocks:
            payload = {**payload, "blocks": blocks}
        shown = Response(
            response.channel, response.person, payload, response.url, response.is_ack, message
        )
        self._world.responses.append(shown)
        self._world.changed()

    def _post(self, url: ResponseUrl, text: str, blocks: list[Json]) -> Message:
        workspace = url.channel.workspace
        message = Message(
            self._world.stamps.ts(),
            url.channel,
            text,
            blocks,
            user=workspace.bot_user_id,
            bot_id=workspace.bot_id,
            app_id=workspace.app_id,
            thread_ts=url.thread_ts,
        )
        return self._world.post(message)

"""From Slack to the app: signed HTTP requests or Socket Mode envelopes, and retries."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from tests.fakes.shapes import Json
from tests.fakes.slack.records import Message, Reply, Retry
from tests.fakes.slack.signing import Signer
from tests.fakes.slack.socket_mode import NoConnection, SocketMode
from tests.fakes.slack.world import World
from tests.fakes.tasks import Tasks

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that Slack tells the app; it may be delivered any number of times.

    `message` is the one that it is about.
    """

    kind: Kind
    payload: Json
    message: Message | None = None

    @property
    def body(self) -> str:
        """The HTTP body: JSON for events, a form for commands, a form around JSON for the rest."""
        if self.kind == "events_api":
            return json.dumps(self.payload)
        if self.kind == "slash_commands":
            return urlencode(self.payload)
        return urlencode({"payload": json.dumps(self.payload)})

    @property
    def content_type(self) -> str:
        return (
            "application/json" if self.kind == "events_api" else "application/x-www-form-urlencoded"
        )

    def envelope(self, attempt: int, reason: str) -> Json:
        """Write it for Socket Mode."""
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.kind != "events_api",
        }
        if self.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        return envelope


class Deliveries:
    """Delivers; an asynchronous context manager, since it holds an HTTP client."""

    def __init__(self, world: World, sockets: SocketMode, tasks: Tasks) -> None:
        self.made: list[Delivery] = []
        self._world = world
        self._sockets = sockets
        self._tasks = tasks
        self._signer = Signer(world.signing_secret)

    async def __aenter__(self) -> Deliveries:
        # A kept connection would let an app's server wait for it when it ends.
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        self._http = aiohttp.ClientSession(connector=connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def send(self, delivery: Delivery) -> Reply:
        """Deliver, and retry an event in the background until it is acknowledged."""
        self.made.append(delivery)
        reply, reason = await self._attempt(delivery)
        if delivery.kind == "events_api" and not (reply.is_acknowledged or reply.is_final):
            self._tasks.start(self._retry(delivery, reason))
        self._world.changed()
        return reply

    async def deliver(
        self,
        delivery: Delivery,
        *,
        attempt: int = 0,
        reason: str = "http_timeout",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Deliver once, as a retry if `attempt` is not 0.

        Over HTTP `headers` take the place of a good signature. What it is over is `request_url`,
        Socket Mode if None.
        """
        reply, _ = await self._attempt(delivery, attempt=attempt, reason=reason, headers=headers)
        self._world.changed()
        return reply

    async def _retry(self, delivery: Delivery, reason: str) -> None:
        for number, delay_s in enumerate(self._world.retry_delays_s, start=1):
            await asyncio.sleep(delay_s)
            reply, next_reason = await self._attempt(delivery, attempt=number, reason=reason)
            event_id = str(delivery.payload.get("event_id"))
            self._world.retries.append(Retry(event_id, number, reason, reply))
            self._world.changed()
            if reply.is_acknowledged or reply.is_final:
                return
            reason = next_reason

    async def _attempt(
        self,
        delivery: Delivery,
        *,
        attempt: int = 0,
        reason: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Reply, str]:
        """Give the reply, and the reason for a retry if there must be one."""
        started_s = time.monotonic()
        if self._world.request_url is None:
            reply, trouble = await self._over_socket(delivery.envelope(attempt, reason))
        else:
            body = delivery.body
            signed = self._signer.signed(body) if headers is None else dict(headers)
            if attempt:
                signed |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
            signed |= {"Content-Type": delivery.content_type}
            reply, trouble = await self._over_http(self._world.request_url, body, signed)
        elapsed_s = time.monotonic() - started_s
        return replace(reply, elapsed_s=elapsed_s, message=delivery.message), trouble

    async def _over_socket(self, envelope: Json) -> tuple[Reply, str]:
        try:
            answer = await self._sockets.deliver(envelope, self._world.patience_s)
        except TimeoutError:
            return Reply(0), "timeout"
        except NoConnection:
            return Reply(0), "connection_failed"
        return Reply(200, answer.get("payload")), ""

    async def _over_http(
        self, url: str, body: str, headers: Mapping[str, str]
    ) -> tuple[Reply, str]:
        patience = aiohttp.ClientTimeout(total=self._world.patience_s)
        try:
            async with self._http.post(
                url, data=body.encode(), headers=headers, timeout=patience, allow_redirects=False
            ) as response:
                text = await response.text()
        except TimeoutError:
            return Reply(0), "http_timeout"
        except aiohttp.ClientError:
            return Reply(0), "connection_failed"
        is_final = response.headers.get("X-Slack-No-Retry") == "1"
        answer = _read(text, response.content_type)
        return Reply(response.status, answer, is_final=is_final), "http_error"


def _read(text: str, content_type: str) -> Json | str | None:
    if not text:
        return None
    return json.loads(text) if content_type == "application/json" else text

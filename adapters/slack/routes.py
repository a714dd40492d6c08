"""The HTTP addresses that Slack and installing people call."""

from __future__ import annotations

import asyncio
import re

from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.slack.setup.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH
from adapters.slack.setup.oauth import Flow

# Slack's largest deliveries are views, of at most 250 kB; it gives up after 3 s.
_MOST_BYTES = 512_000
_SLOWEST_S = 5.0
_SIGNED = {
    "x-slack-request-timestamp": re.compile(r"[0-9]{1,12}"),
    "x-slack-signature": re.compile(r"v0=[0-9a-f]{64}"),
}


def events_route(app: AsyncApp) -> Route:
    """Return the address for deliveries; what is not signed by Slack ends with 401."""

    async def take(request: Request) -> Response:
        if not _may_be_signed(request.headers):
            return PlainTextResponse("The request is not signed by Slack.", 401)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("The request is too large or broken off.", 413)
        try:
            delivery = to_async_bolt_request(request, body)
        # Bolt reads a body before it looks at the signature, and trips over what Slack never sends.
        except (ValueError, AttributeError, TypeError, RecursionError):
            return PlainTextResponse("The request cannot be read.", 400)
        return to_starlette_response(await app.async_dispatch(delivery))

    return Route(EVENTS_PATH, take, methods=["POST"])


def oauth_routes(flow: Flow) -> list[Route]:
    """Return the addresses by which a workspace installs the bot."""
    return [
        Route(INSTALL_PATH, flow.install, methods=["GET"]),
        Route(REDIRECT_PATH, flow.redirect, methods=["GET"]),
    ]


def _may_be_signed(headers: Headers) -> bool:
    """Say whether Bolt can check the signature; where one is missing, Bolt knows what to do."""
    return all(
        shape.fullmatch(value) for name, shape in _SIGNED.items() for value in headers.getlist(name)
    )


async def _body(request: Request) -> bytes | None:
    """Return the body, None if it is larger or slower than anything that Slack sends."""
    body = bytearray()
    try:
        async with asyncio.timeout(_SLOWEST_S):
            async for piece in request.stream():
                body += piece
                if len(body) > _MOST_BYTES:
                    return None
    except (ClientDisconnect, TimeoutError):
        return None
    return bytes(body)

"""The HTTP addresses that Slack and installing people call."""

from __future__ import annotations

from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.oauth import INSTALL_PATH, REDIRECT_PATH

# Slack's largest deliveries are views, of at most 250 kB.
_MOST_BYTES = 512_000


def events_route(app: AsyncApp) -> Route:
    """Return the address for deliveries; what is not signed by Slack ends with 401."""

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("The request is too large or broken off.", 413)
        try:
            delivery = to_async_bolt_request(request, body)
        except UnicodeDecodeError:
            return PlainTextResponse("The request is not UTF-8.", 400)
        return to_starlette_response(await app.async_dispatch(delivery))

    return Route(EVENTS_PATH, take, methods=["POST"])


def oauth_routes(flow: AsyncOAuthFlow) -> list[Route]:
    """Return the addresses by which a workspace installs the bot."""

    async def install(request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await flow.handle_installation(asked))

    async def redirect(request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await flow.handle_callback(asked))

    return [
        Route(INSTALL_PATH, install, methods=["GET"]),
        Route(REDIRECT_PATH, redirect, methods=["GET"]),
    ]


async def _body(request: Request) -> bytes | None:
    """Return the body, None if it is larger than anything that Slack sends."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)

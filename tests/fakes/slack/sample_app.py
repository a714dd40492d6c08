"""A small Bolt app, for the tests of the server itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.slack.hosting import hosted
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.server import SlackServer

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
WORD = {"type": "plain_text", "text": "Word"}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "word",
    "title": WORD,
    "submit": WORD,
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "word",
            "label": WORD,
            "element": {"type": "plain_text_input", "action_id": "word", "max_length": 20},
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "more", "text": WORD, "value": "m"}],
        },
    ],
}

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "open", "text": WORD, "value": "7"}],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": {"text": WORD, "value": "good"},
                "negative_button": {"text": WORD, "value": "bad"},
            }
        ],
    },
    {
        "type": "section",
        "text": WORD,
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [{"text": WORD, "value": "one"}, {"text": WORD, "value": "two"}],
        },
    },
]
ANSWERS: dict[str, dict[str, Any]] = {
    "bad": {"response_action": "errors", "errors": {"word": "Not this one."}},
    "next": {"response_action": "update", "view": MODAL},
    "all": {"response_action": "clear"},
}
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message",
    "tokens_revoked",
)


class Heard:
    """What the app was told, as (what, document), and how long it waits before the next."""

    def __init__(self) -> None:
        self.all: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, Any]] = []
        self.pauses_s: list[float] = []

    def of(self, what: str) -> list[dict[str, Any]]:
        return [document for name, document in self.all if name == what]

    async def pause(self, request: Any, next: Any) -> None:  # noqa: A002  Bolt's own name
        """Wait in front of every listener; Bolt acknowledges an event before its listener runs."""
        self.headers.append(request.headers)
        if self.pauses_s:
            await asyncio.sleep(self.pauses_s.pop(0))
        await next()

    async def command(self, ack: Any, body: Any) -> None:
        self.all.append(("command", body))
        await ack(body["text"].partition("answer ")[2])

    async def event(self, body: Any) -> None:
        self.all.append((body["event"]["type"], body))

    async def action(self, ack: Any, body: Any, client: Any) -> None:
        self.all.append(("action", body))
        await ack()
        if body["actions"][0]["action_id"] == "open":
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        elif body["actions"][0]["action_id"] == "more":
            await client.views_push(trigger_id=body["trigger_id"], view=MODAL)

    async def submitted(self, ack: Any, body: Any) -> None:
        self.all.append(("submission", body))
        word = body["view"]["state"]["values"]["word"]["word"]["value"]
        await ack(**ANSWERS.get(word, {}))

    async def closed(self, ack: Any, body: Any) -> None:
        self.all.append(("closed", body))
        await ack()

    async def shortcut(self, ack: Any, body: Any) -> None:
        self.all.append(("shortcut", body))
        await ack()


def build(slack: SlackServer, heard: Heard) -> AsyncApp:
    """Build an app that acknowledges everything and opens a modal at a click."""
    token, secret = slack.workspace.bot_token, slack.signing_secret
    client = AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])
    # Bolt's decorators are not typed.
    app: Any = AsyncApp(client=client, signing_secret=secret)
    app.use(heard.pause)
    app.command("/council")(heard.command)
    for name in EVENTS:
        app.event(name)(heard.event)
    for action_id in ("open", "more", "rate"):
        app.action({"type": "block_actions", "action_id": action_id})(heard.action)
    app.view("word")(heard.submitted)
    app.view_closed("word")(heard.closed)
    app.shortcut("ask_council")(heard.shortcut)
    return app


async def post(client: Any, channel: Channel, **more: Any) -> Message:
    """Post as the bot, and give what is in the channel then."""
    answer = await client.chat_postMessage(channel=channel.id, **{"text": "text", **QUIET, **more})
    message = channel.find(answer["ts"])
    assert message is not None
    return message


async def refusal(call: Awaitable[Any]) -> Any:
    """Give the answer with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as refused:
        await call
    error: Any = refused.value
    return error.response


async def error_of(call: Awaitable[Any]) -> str:
    """Give the code with which Slack refuses a call."""
    return (await refusal(call))["error"]


@asynccontextmanager
async def over_http(slack: SlackServer, app: AsyncApp) -> AsyncGenerator[None]:
    """Let the server reach the app by signed HTTP."""
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    routes = [Route("/slack/{what}", endpoint, methods=["GET", "POST"])]
    async with hosted(Starlette(routes=routes)) as url:
        slack.request_url = f"{url}/slack/events"
        yield
        slack.request_url = None


@asynccontextmanager
async def over_socket(slack: SlackServer, app: AsyncApp) -> AsyncGenerator[AsyncSocketModeHandler]:
    """Let the server reach the app by Socket Mode."""
    connections = slack.connections
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.1)
    try:
        await handler.connect_async()
        await slack.until(lambda: slack.connections == connections + 1)
        yield handler
    finally:
        await handler.close_async()

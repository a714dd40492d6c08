"""Bolt: deliveries in, acknowledgements out.

Bolt waits for a listener to its end before it acknowledges (`process_before_response`), so that a
delivery is stored by then. Otherwise it acknowledges events before they are looked at, and answers
404 after 3 s if a listener fails right behind its own acknowledgement (slack-bolt 1.30.0).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack import forms, listeners
from adapters.slack.access import Tokens, workspace_of
from adapters.slack.caller import Caller, of_command, of_event, of_interaction
from adapters.slack.conclusion import FEEDBACK, FOLLOW_UP, REVIEWS
from adapters.slack.desk import Desk
from adapters.slack.failures import Refused
from adapters.slack.http import Json, SlackHttp, silent_logger
from adapters.slack.root import STOP
from adapters.slack.untrusted import escaped
from bot.errors import ChatError, CouncilError, StorageError, WrongUse

SHORTCUT = "ask_council"

# Slack gives up after 3 s; what takes longer is said to take too long while Slack still listens.
_WITHIN_S = 2.6
_ANYTHING = re.compile(".*", re.DOTALL)
_TOO_SLOW = (
    "This takes too long right now. If no council begins here in a moment, please ask again."
)
_NO_DATABASE = "I cannot do this right now; please try again in a moment."
_NO_WINDOW = "Slack did not open the window; please try again."
_NOT_INSTALLED = (
    "Council is not installed in this workspace any more; an admin can install it again."
)

Ack = Callable[..., Awaitable[BoltResponse]]
Context = Any
log: structlog.stdlib.BoundLogger = structlog.get_logger()


def build(
    desk: Desk,
    tokens: Tokens,
    http: SlackHttp,
    *,
    signing_secret: str,
    on_removal: Callable[[str], Awaitable[None]],
) -> AsyncApp:
    """Return the Bolt app. `on_removal` is told the workspaces that took their access away."""

    async def authorize(
        enterprise_id: str | None, team_id: str | None, context: Context
    ) -> AuthorizeResult:
        return await _authorized(tokens, enterprise_id, team_id, _workspace(context))

    app = AsyncApp(
        name="council",
        logger=silent_logger("slack.bolt"),  # it logs whole bodies, at INFO too
        process_before_response=True,
        signing_secret=signing_secret,
        client=http.client,
        authorize=authorize,
        user_facing_authorize_error_message=_NOT_INSTALLED,
    )
    app.error(_failed)
    _take_words(app, desk)
    _take_clicks(app, desk)
    _take_forms(app, desk)
    _take_events(app, desk, on_removal)
    return app


def _take_words(app: AsyncApp, desk: Desk) -> None:
    async def on_command(ack: Ack, body: Json, context: Context) -> BoltResponse:
        caller = of_command(body, _workspace(context))
        typed = listeners.command(
            desk, caller, str(body.get("text") or ""), f"command:{body['trigger_id']}"
        )
        said = await _in_time(typed, _TOO_SLOW)
        return await (ack() if said is None else ack(text=said, response_type="ephemeral"))

    async def on_message(event: Json, context: Context) -> None:
        caller = of_event(event, _workspace(context))
        async with asyncio.timeout(_WITHIN_S):
            said = await listeners.message(desk, caller, event)
            if said is not None:
                await _whisper(desk, caller, said)

    app.command(_ANYTHING)(on_command)
    app.event("app_mention")(on_message)
    app.event("message")(on_message)


def _take_clicks(app: AsyncApp, desk: Desk) -> None:
    async def on_shortcut(ack: Ack, body: Json, context: Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        await _answered(desk, caller, listeners.shortcut(desk, caller, body))
        return await ack()

    async def on_click(ack: Ack, body: Json, action: Json, context: Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        value = str(action.get("value") or "")
        match action["action_id"]:
            case str(name) if name == STOP:
                work: Awaitable[None] = listeners.stop(desk, caller, value)
            case str(name) if name == FOLLOW_UP:
                work = listeners.follow_up(desk, caller, body, value)
            case str(name) if name == REVIEWS:
                work = listeners.show_reviews(desk, caller, body, value)
            case str(name) if name == FEEDBACK:
                work = listeners.rate(desk, caller, value)
            case _:
                work = asyncio.sleep(0)
        await _answered(desk, caller, work)
        return await ack()

    app.shortcut(SHORTCUT)(on_shortcut)
    app.action(_ANYTHING)(on_click)


def _take_forms(app: AsyncApp, desk: Desk) -> None:
    async def on_form(ack: Ack, body: Json, view: Json, context: Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        take = listeners.ask_about if view["callback_id"] == forms.ABOUT else listeners.ask_further
        fault = await _in_time(take(desk, caller, view), _TOO_SLOW)
        if fault is None:
            return await ack()
        return await ack(response_action="errors", errors={forms.QUESTION: fault})

    for callback in (forms.ABOUT, forms.FOLLOW_UP):
        app.view(callback)(on_form)


def _take_events(app: AsyncApp, desk: Desk, on_removal: Callable[[str], Awaitable[None]]) -> None:
    async def on_home(event: Json, context: Context) -> None:
        if event.get("tab") != "home":
            return
        workspace = _workspace(context)
        async with asyncio.timeout(_WITHIN_S):
            await listeners.open_home(desk, str(event["user"]), workspace)

    async def on_uninstalled(context: Context) -> None:
        await on_removal(_workspace(context))

    async def on_revoked(event: Json, context: Context) -> None:
        if event.get("tokens", {}).get("bot"):
            await on_removal(_workspace(context))

    app.event("app_home_opened")(on_home)
    app.event("app_uninstalled")(on_uninstalled)
    app.event("tokens_revoked")(on_revoked)


async def _in_time(work: Awaitable[str | None], otherwise: str) -> str | None:
    """Return what a listener says, or something else if it cannot say it in time."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            return await work
    except (TimeoutError, ChatError):
        return otherwise
    except StorageError:
        return _NO_DATABASE


async def _answered(desk: Desk, caller: Caller, work: Awaitable[None]) -> None:
    """Do what a click asks for; say it to that person if it cannot be done."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            await work
    except (TimeoutError, CouncilError) as error:
        await _whisper(desk, caller, _why_not(error))


def _why_not(error: Exception) -> str:
    match error:
        case WrongUse():
            return escaped(str(error))
        case StorageError():
            return _NO_DATABASE
        case _:
            return _NO_WINDOW


async def _whisper(desk: Desk, caller: Caller, sentence: str) -> None:
    """Say something while Slack waits, or a little later if it takes longer."""
    await asyncio.wait({desk.later(_quietly(desk, caller, sentence))}, timeout=_WITHIN_S / 2)


async def _quietly(desk: Desk, caller: Caller, sentence: str) -> None:
    try:
        await listeners.whisper(desk, caller, sentence)
    except ChatError as error:
        log.warning("not said", workspace=caller.workspace, error=type(error).__name__)


async def _authorized(
    tokens: Tokens, enterprise_id: str | None, team_id: str | None, workspace: str
) -> AuthorizeResult:
    try:
        access = await tokens.of(workspace)
    except Refused:
        # Bolt knows no other way to hear of it, and says so to whoever called.
        return cast("AuthorizeResult", None)
    return AuthorizeResult(
        enterprise_id=enterprise_id,
        team_id=team_id,
        bot_id=access.bot_id,
        bot_user_id=access.bot_user,
        bot_token=access.token,
    )


async def _failed(error: Exception) -> BoltResponse:
    """Let Slack deliver again what could not be taken; its words stay out of the log."""
    log.warning("delivery failed", error=type(error).__name__)
    return BoltResponse(status=503)


def _workspace(context: Context) -> str:
    is_org_wide = bool(context.is_enterprise_install)
    return workspace_of(context.enterprise_id, context.team_id, is_org_wide=is_org_wide)

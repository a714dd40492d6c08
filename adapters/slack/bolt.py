"""Bolt: deliveries in, acknowledgements out.

Bolt waits for a listener to its end before it acknowledges (`process_before_response`), so that a
delivery is stored by then. Otherwise it acknowledges events before they are looked at, and answers
404 after 3 s if a listener fails right behind its own acknowledgement (slack-bolt 1.30.0).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeAlias, cast

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError

from adapters.slack import home, listeners
from adapters.slack.answering import in_time, moved, outcome_in_time, say
from adapters.slack.caller import Caller, of_command, of_event, of_interaction
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs import asking, choices, keys, schedules, settings
from adapters.slack.forms import asking as asking_forms
from adapters.slack.forms import details, overview, seat
from adapters.slack.forms import keys as key_forms
from adapters.slack.forms import schedules as schedule_forms
from adapters.slack.forms.parts import Outcome
from adapters.slack.rich.untrusted import escaped
from adapters.slack.thread.conclusion import FEEDBACK, FOLLOW_UP, REVIEWS
from adapters.slack.thread.root import STOP
from adapters.slack.whispers import Said, body_of, messages_of
from adapters.slack.wire.access import Tokens, workspace_of
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json, SlackHttp, silent_logger
from bot.errors import WrongUse

SHORTCUT = "ask_council"

_BROKE_OFF = "Something went wrong inside the bot. Please try again in a moment."
_NOT_INSTALLED = "Council is not installed in your workspace; an admin can install it."

_Ack: TypeAlias = Callable[..., Awaitable[BoltResponse]]
_Context: TypeAlias = Any
_Saying: TypeAlias = Coroutine[Any, Any, Said]
_Doing: TypeAlias = Coroutine[Any, Any, None]

_CLICKS: Mapping[str, Callable[[SlackDesk, Caller, str], _Saying]] = {
    STOP: listeners.stop,
    FOLLOW_UP: asking.follow_up,
    REVIEWS: asking.show_reviews,
    FEEDBACK: listeners.rate,
    schedule_forms.NEW_SCHEDULE: schedules.open_new_schedule,
}
# Clicks in windows, with the window as it stands.
_MOVES: Mapping[str, Callable[[SlackDesk, Caller, Json, str], _Doing]] = {
    overview.PART: settings.open_part,
    overview.SEAT: settings.change_seat,
    overview.INHERIT: settings.inherit_seats,
    overview.PRESET: settings.fill_in_preset,
    key_forms.REMOVE_KEY: keys.remove_key,
}
_QUESTIONS: Mapping[str, Callable[[SlackDesk, Caller, Json], Coroutine[Any, Any, str | None]]] = {
    asking_forms.ABOUT: asking.ask_about,
    asking_forms.FOLLOW_UP: asking.ask_further,
}
_FORMS: Mapping[str, Callable[[SlackDesk, Caller, Json], Coroutine[Any, Any, Outcome]]] = {
    overview.OVERVIEW: settings.take_settings,
    details.DETAIL: settings.take_detail,
    seat.SEAT: settings.take_seat,
    key_forms.KEYS: keys.take_key,
    schedule_forms.SCHEDULE: schedules.take_schedule,
}
_SEARCHES = {
    seat.MODEL: choices.models,
    seat.FALLBACKS: choices.models,
    **dict.fromkeys(details.GROUPS_OF.values(), choices.groups),
}

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def build(
    desk: SlackDesk,
    tokens: Tokens,
    http: SlackHttp,
    *,
    signing_secret: str,
    on_removal: Callable[[str], Awaitable[None]],
) -> AsyncApp:
    """Return the Bolt app. `on_removal` is told the workspaces that took their access away."""

    async def authorize(
        enterprise_id: str | None, team_id: str | None, context: _Context
    ) -> AuthorizeResult:
        return await _authorized(tokens, enterprise_id, team_id, _workspace(context))

    app = AsyncApp(
        name="council",
        logger=silent_logger("slack.bolt"),  # it logs whole bodies, at INFO too
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret=signing_secret,
        client=http.client,
        authorize=authorize,
        user_facing_authorize_error_message=_NOT_INSTALLED,
    )
    app.error(_failed)
    _take_words(app, desk)
    _take_clicks(app, desk)
    _take_questions(app, desk)
    _take_forms(app, desk)
    _take_searches(app, desk)
    _take_events(app, desk, on_removal)
    return app


def _take_words(app: AsyncApp, desk: SlackDesk) -> None:
    async def on_command(ack: _Ack, body: Json, context: _Context) -> BoltResponse:
        caller, text = of_command(body, _workspace(context)), str(body.get("text") or "")
        delivery = f"command:{body['trigger_id']}"
        said = await in_time(desk, caller, listeners.command(desk, caller, text, delivery))
        match messages_of(said):
            case [only] if only.file is None:
                return await ack(**body_of(only), response_type="ephemeral")
            case several:
                say(desk, caller, several)
                return await ack()

    async def on_message(event: Json, context: _Context) -> None:
        caller = of_event(event, _workspace(context))
        said: Said = None
        try:
            # Slack delivers again what was not stored in time.
            said = await listeners.message(desk, caller, event)
        except WrongUse as error:
            said = escaped(str(error))
        say(desk, caller, said)

    app.command(re.compile(".*"))(on_command)  # operators may call it something else
    app.event("app_mention")(on_message)
    app.event("message")(on_message)


def _take_clicks(app: AsyncApp, desk: SlackDesk) -> None:
    async def on_shortcut(ack: _Ack, body: Json, context: _Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        opening = asking.ask_about_message(desk, caller, body["message"])
        say(desk, caller, await in_time(desk, caller, opening))
        return await ack()

    async def on_click(ack: _Ack, body: Json, action: Json, context: _Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        take, value = _CLICKS[action["action_id"]], str(action.get("value") or "")
        say(desk, caller, await in_time(desk, caller, take(desk, caller, value)))
        return await ack()

    async def on_move(ack: _Ack, body: Json, action: Json, context: _Context) -> BoltResponse:
        caller, view = of_interaction(body, _workspace(context)), body["view"]
        option: Json = action.get("selected_option") or action
        value = str(option.get("value") or "")
        take = _MOVES[action["action_id"]]
        desk.errands.begin(moved(desk, caller, view, take(desk, caller, view, value)))
        return await ack()

    app.shortcut(SHORTCUT)(on_shortcut)
    for action_id in _CLICKS:
        app.action(action_id)(on_click)
    for action_id in _MOVES:
        app.action(action_id)(on_move)


def _take_questions(app: AsyncApp, desk: SlackDesk) -> None:
    async def on_question(ack: _Ack, body: Json, view: Json, context: _Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        take = _QUESTIONS[view["callback_id"]]
        sentence = await in_time(desk, caller, take(desk, caller, view))
        if sentence is None:
            return await ack()
        return await ack(response_action="errors", errors={asking_forms.QUESTION: sentence})

    for callback_id in _QUESTIONS:
        app.view(callback_id)(on_question)


def _take_forms(app: AsyncApp, desk: SlackDesk) -> None:
    async def on_form(ack: _Ack, body: Json, view: Json, context: _Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        take = _FORMS[view["callback_id"]]
        outcome = await outcome_in_time(desk, caller, view, take(desk, caller, view))
        if outcome.errors:
            return await ack(response_action="errors", errors=dict(outcome.errors))
        if outcome.view is not None:
            return await ack(response_action="update", view=outcome.view)
        return await ack()

    for callback_id in _FORMS:
        app.view(callback_id)(on_form)


def _take_searches(app: AsyncApp, desk: SlackDesk) -> None:
    async def on_search(ack: _Ack, body: Json, context: _Context) -> BoltResponse:
        caller = of_interaction(body, _workspace(context))
        search, words = _SEARCHES[body["action_id"]], str(body.get("value") or "")
        return await ack(options=await search(desk, caller, body.get("view") or {}, words))

    for action_id in _SEARCHES:
        app.options(action_id)(on_search)


def _take_events(
    app: AsyncApp, desk: SlackDesk, on_removal: Callable[[str], Awaitable[None]]
) -> None:
    async def on_home(event: Json, context: _Context) -> None:
        if event.get("tab") == "home":
            desk.errands.begin(home.publish(desk, str(event["user"]), _workspace(context)))

    async def on_uninstalled(context: _Context) -> None:
        await on_removal(_workspace(context))

    async def on_revoked(event: Json, context: _Context) -> None:
        if event.get("tokens", {}).get("bot"):
            await on_removal(_workspace(context))

    app.event("app_home_opened")(on_home)
    app.event("app_uninstalled")(on_uninstalled)
    app.event("tokens_revoked")(on_revoked)


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


async def _failed(error: Exception, body: Json) -> BoltResponse:
    """Let Slack deliver again what could not be taken; an error's own words stay out of the log."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)  # a button with a link, an event that nobody asked for
    log.warning("delivery failed", error=type(error).__name__)
    if "command" in body:
        return BoltResponse(status=200, body=_BROKE_OFF)  # it is not delivered again
    return BoltResponse(status=503)


def _workspace(context: _Context) -> str:
    is_org_wide = bool(context.is_enterprise_install)
    return workspace_of(context.enterprise_id, context.team_id, is_org_wide=is_org_wide)

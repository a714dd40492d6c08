"""What is done with each click on one of our buttons or menus, and with each form that is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias, cast

from adapters.discord import forms, keys, listeners, schedules
from adapters.discord.call import Call, Saying
from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.fields import entered
from adapters.discord.settings.clicks import SettingsForm, opens_form
from adapters.discord.settings.modals import PUT
from adapters.discord.settings.view import SET
from adapters.discord.thread.conclusion import BAD, FOLLOW_UP, GOOD, REVIEWS
from adapters.discord.thread.root import STOP
from adapters.discord.wire.http import Json
from bot.desk import TOO_LATE

_OLD_BUTTON = "This button is none of mine any more."

_Click: TypeAlias = Callable[[DiscordDesk, Caller, str], Saying]

_CLICKS: Mapping[str, _Click] = {
    GOOD: partial(listeners.rate, is_good=True),
    BAD: partial(listeners.rate, is_good=False),
    REVIEWS: listeners.all_reviews,
}
_QUESTIONS = {forms.ABOUT: listeners.ask_about, forms.AFTER: listeners.ask_further}


async def click(desk: DiscordDesk, call: Call) -> None:
    """Do what a button or a menu is for."""
    action, value = _parsed(call.data)
    if action.startswith(SET):
        await _settings(desk, call, action, value)
    elif action == FOLLOW_UP:
        await _follow_up(call, value)
    elif action == STOP:
        await call.obey(listeners.stop(desk, call.caller, value))
    elif (take := _CLICKS.get(action)) is not None:
        await call.do(take(desk, call.caller, value))
    else:
        await call.answering.say(_OLD_BUTTON)


async def submit(desk: DiscordDesk, call: Call) -> None:
    """Take a form that was sent."""
    form, value = _parsed(call.data)
    answers = entered(call.data["components"])
    if (ask := _QUESTIONS.get(form)) is not None:
        typed = answers.get(forms.QUESTION, "")
        asking = ask(desk, call.caller, value, typed, call.names, call.delivery)
        await call.ask(asking, typed)
    elif form.startswith(PUT):
        settings = SettingsForm(desk, call.caller, call.names)
        await call.change(settings.enter(form, value, answers))
    elif form == keys.ADD:
        await call.do(keys.add(desk, call.caller, answers))
    elif form in (schedules.ADD, schedules.CHANGE):
        plan, known = schedules.entered_plan(answers), value if form == schedules.CHANGE else ""
        planning = schedules.planned(desk, call.caller, call.names, plan, call.delivery, known)
        await call.do(planning)
    else:
        await call.answering.say(TOO_LATE)


async def _settings(desk: DiscordDesk, call: Call, action: str, ticket: str) -> None:
    settings = SettingsForm(desk, call.caller, call.names)
    if opens_form(action):
        await call.open(settings.open(action, ticket))
    else:
        values = cast("Sequence[str]", call.data.get("values") or ())
        await call.change(settings.click(action, ticket, values))


async def _follow_up(call: Call, deliberation_id: str) -> None:
    if call.caller.fault is None:
        await call.answering.form(forms.follow_up(deliberation_id))
    else:
        await call.answering.say(call.caller.fault)


def _parsed(data: Json) -> tuple[str, str]:
    """Return the action of a button or form of ours, and what it is about."""
    ours, _, rest = str(data.get("custom_id") or "").partition(":")
    action, _, value = rest.partition(":")
    return f"{ours}:{action}", value

"""Bringing providers along, and taking them away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from adapters.slack.caller import PLATFORM, Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.windows import opened, shown
from adapters.slack.forms.keys import BASE_URL, KEY, NAME, TITLE, entered_name, is_other, keys_form
from adapters.slack.forms.parts import Entered, Outcome, told
from adapters.slack.thread.blocks import Block
from adapters.slack.wire.http import Json
from bot.desk import TOO_LATE
from bot.domain import OwnProvider, Person, Tenant
from bot.errors import BadConfig, NotFound
from bot.team.bringing import bring, take_away
from bot.team.rights import check_admin

_FORM = "slack keys"
_COMMAND = "/council keys"
_NO_NAME = "Write what it is to be called."
_NO_ADDRESS = "Write its address."


async def open_keys(desk: SlackDesk, caller: Caller) -> None:
    """Open the list of what a workspace brought along. Raises `WrongUse`, `ChatError`."""

    async def view() -> Block:
        check_admin(await desk.person(caller))
        return await _view(desk, caller)

    await opened(desk, caller, TITLE, view, command=_COMMAND)


async def remove_key(desk: SlackDesk, caller: Caller, view: Json, name: str) -> None:
    """Take a provider away, and show the others. Raises `WrongUse`, `ChatError`."""
    person = await _admin(desk, caller, view)
    await take_away(desk.team, person, _tenant(caller), name)
    fresh = await _view(desk, caller)
    await shown(desk, caller.workspace, str(view["id"]), fresh, digest=str(view["hash"]))


async def take_key(desk: SlackDesk, caller: Caller, view: Json) -> Outcome:
    """Bring the provider that was entered. Its key is kept nowhere else."""
    person, entered = await _admin(desk, caller, view), Entered(view)
    name, address = entered_name(entered), entered.text(BASE_URL) or None
    if not name:
        return Outcome({NAME: _NO_NAME}).at(entered)
    if is_other(entered) and address is None:
        return Outcome({BASE_URL: _NO_ADDRESS}).at(entered)
    provider = OwnProvider(name, "", datetime.now(UTC), address)
    try:
        sentence = await bring(desk.team, person, _tenant(caller), provider, entered.text(KEY))
    except BadConfig as error:
        return Outcome({_input_of(str(error)): str(error)}).at(entered)
    return Outcome(view=told(TITLE, [sentence]))


async def _admin(desk: SlackDesk, caller: Caller, view: Json) -> Person:
    """Return who uses the window, if it is theirs and they are an admin at the moment."""
    ticket = str(view.get("private_metadata") or "")
    whose = {"workspace": caller.workspace, "user": caller.user}
    if await desk.kept(_FORM, ticket, **whose) is None:
        raise NotFound(TOO_LATE)
    person = await desk.person(replace(caller, channel=""), is_fresh=True)
    check_admin(person)
    return person


async def _view(desk: SlackDesk, caller: Caller) -> Block:
    whose = {"workspace": caller.workspace, "user": caller.user}
    ticket = await desk.keep(_FORM, whose)
    return keys_form(await desk.team.keys.all(_tenant(caller)), ticket)


def _tenant(caller: Caller) -> Tenant:
    return Tenant(PLATFORM, caller.workspace)


def _input_of(sentence: str) -> str:
    """Say which input a sentence is about; most that can be wrong is wrong with the key."""
    if "address" in sentence or "host" in sentence:
        return BASE_URL
    return NAME if "name" in sentence else KEY

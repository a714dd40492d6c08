"""Opening windows, and putting something else into those that are open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.forms.parts import fault, loading
from adapters.slack.thread.blocks import Block
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot.desk import apology
from bot.errors import CouncilError, WrongUse

Make: TypeAlias = Callable[[], Awaitable[Block]]

_NO_TRIGGER = "Slack opens a form only for the command itself: type `{}` in this channel."


async def opened(
    desk: SlackDesk, caller: Caller, title: str, make: Make, *, command: str = ""
) -> None:
    """Open a window, and show in it what comes, or why nothing does.

    The right to open one ends after 3 s, so it is opened before anything is looked up. Raises
    `WrongUse` if there is no such right; `command` is what brings one.
    """
    if not caller.trigger:
        message = _NO_TRIGGER.format(command)
        raise WrongUse(message)
    await _begun(desk, caller, "views.open", title, make)


async def pushed(desk: SlackDesk, caller: Caller, title: str, make: Make) -> None:
    """Lay a window upon the one that was clicked in, in the same way.

    Clicks that come too fast for Slack to cover the button open no more than Slack takes.
    """
    try:
        await _begun(desk, caller, "views.push", title, make)
    except Refused as refused:
        if refused.code != "push_limit_reached":
            raise


async def shown(
    desk: SlackDesk, workspace: str, view_id: str, view: Block, *, digest: str | None = None
) -> bool:
    """Put a view into a window; say whether it is still there, and as it was at that `digest`."""
    asked = {"view_id": view_id, "hash": digest, "view": view}
    try:
        await desk.api.call("views.update", workspace, asked)
    except Refused as refused:
        if refused.code in {"not_found", "hash_conflict"}:
            return False
        raise
    return True


async def _begun(desk: SlackDesk, caller: Caller, method: str, title: str, make: Make) -> None:
    asked = {"trigger_id": caller.trigger, "view": loading(title)}
    window: Json = (await desk.api.call(method, caller.workspace, asked))["view"]
    show = partial(shown, desk, caller.workspace, str(window["id"]), digest=str(window["hash"]))
    try:
        await show(view=await make())
    except CouncilError as error:
        await show(view=fault(title, apology(error, "Slack")))

"""Asking by a form, and reading reviews in a window."""

from __future__ import annotations

from functools import partial
from typing import cast

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk, known
from adapters.slack.dialogs.windows import opened
from adapters.slack.forms import asking as forms
from adapters.slack.forms.parts import Entered, fault
from adapters.slack.incoming import as_markup, attachments, said
from adapters.slack.thread.blocks import Block
from adapters.slack.whispers import Said
from adapters.slack.wire.http import Json
from bot import phrases
from bot.desk import ABOUT_THIS, TOO_LATE
from bot.domain import Remark

_ABOUT, _AFTER = "slack about", "slack after"
_TITLE = "Ask the council"
_NOTHING_SAID = "This message has neither text nor files that I can read."
_MESSAGE_CHARS = 20_000


async def ask_about_message(desk: SlackDesk, caller: Caller, about: Json) -> Said:
    """Open the form to ask about a message."""
    await opened(desk, caller, _TITLE, partial(_about, desk, caller, about))
    return None


async def ask_about(desk: SlackDesk, caller: Caller, view: Json) -> str | None:
    """Ask about the message of a form."""
    kept = await _kept(desk, _ABOUT, caller, view)
    if kept is None:
        return TOO_LATE
    remarks = (Remark(kept["author"], kept["text"]),) if kept["text"] else ()
    return await desk.ask(
        _within(caller, kept),
        _written(view) or ABOUT_THIS,
        delivery=f"view:{view['id']}",
        attachments=attachments(cast("list[object]", kept["files"])),
        context=known(remarks),
    )


async def follow_up(desk: SlackDesk, caller: Caller, deliberation_id: str) -> Said:
    """Open the form for the next question."""
    asked = await desk.app.show(deliberation_id, within=caller.scope)
    ticket = await desk.keep(_AFTER, _origin(caller))
    view = forms.follow_up(asked.question.text, ticket)
    opening = {"trigger_id": caller.trigger, "view": view}
    await desk.api.call("views.open", caller.workspace, opening)
    return None


async def ask_further(desk: SlackDesk, caller: Caller, view: Json) -> str | None:
    """Ask the follow-up of a form."""
    kept = await _kept(desk, _AFTER, caller, view)
    if kept is None:
        return TOO_LATE
    return await desk.ask(_within(caller, kept), _written(view), delivery=f"view:{view['id']}")


async def show_reviews(desk: SlackDesk, caller: Caller, deliberation_id: str) -> Said:
    """Show all reviews in a window."""

    async def reviews() -> Block:
        return forms.reviews(await desk.app.show(deliberation_id, within=caller.scope))

    await opened(desk, caller, phrases.ALL_REVIEWS, reviews)
    return None


async def _about(desk: SlackDesk, caller: Caller, about: Json) -> Block:
    sentence = await desk.channels.fault(caller.channel, caller.workspace)
    written, files = said(about), list(about.get("files") or ())
    if sentence is None and not written.strip() and not files:
        sentence = _NOTHING_SAID
    if sentence is not None:
        return fault(_TITLE, sentence)
    text = (await desk.plain(written, caller.workspace))[:_MESSAGE_CHARS]
    author = await _author(desk, caller, about)
    kept = {**_origin(caller), "author": author, "text": text, "files": files}
    ticket = await desk.keep(_ABOUT, kept)
    return forms.about(text, [file.name for file in attachments(files)], ticket)


async def _author(desk: SlackDesk, caller: Caller, about: Json) -> str:
    if user := about.get("user"):
        return (await desk.people.person(str(user), caller.workspace)).name
    return str(about.get("username") or "an app")


async def _kept(desk: SlackDesk, purpose: str, caller: Caller, view: Json) -> Json | None:
    """Return what was kept for a form, if it is the same person who sends it."""
    ticket = str(view.get("private_metadata") or "")
    return await desk.kept(purpose, ticket, workspace=caller.workspace, user=caller.user)


def _origin(caller: Caller) -> dict[str, object]:
    return {
        "workspace": caller.workspace,
        "channel": caller.channel,
        "thread": caller.place.thread,
        "user": caller.user,
    }


def _within(caller: Caller, kept: Json) -> Caller:
    return Caller(caller.workspace, kept["channel"], caller.user, caller.name, kept["thread"])


def _written(view: Json) -> str:
    return as_markup(Entered(view).text(forms.QUESTION))

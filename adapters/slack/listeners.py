"""What is done with each delivery of Slack, between the wire and the council.

A listener returns a sentence for the person who called, in our own markup, or None if there is
nothing to say. All of them raise `WrongUse`, `StorageError` and `ChatError`.
"""

from __future__ import annotations

import re
from typing import cast

from adapters.slack import forms
from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.incoming import as_markup, attachments, said
from adapters.slack.replies import help_text, shown
from adapters.slack.thread.conclusion import BAD, GOOD
from adapters.slack.wire.failures import Refused
from adapters.slack.wire.http import Json
from bot import phrases, replies
from bot.commands import Ask, Cancel, Command, Help, History, parse
from bot.desk import ABOUT_THIS, TOO_LATE
from bot.domain import Attachment, Remark
from bot.errors import NotFound, WrongUse

_ABOUT, _AFTER = "slack about", "slack after"
_NOTHING_SAID = "This message has neither text nor files that I can read."
_MESSAGE_CHARS = 20_000
# Messages that people write; other subtypes tell of changes and of people who come and go.
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


async def command(
    desk: SlackDesk, caller: Caller, text: str, delivery: str, files: tuple[Attachment, ...] = ()
) -> str | None:
    """Carry out what was typed; what comes with files is a question."""
    wanted = parse(text)
    if files and not isinstance(wanted, Ask):
        wanted = Ask(text)
    match wanted:
        case Ask(question):
            question = question or (ABOUT_THIS if files else "")
            return await desk.ask(caller, question, delivery=delivery, attachments=files)
        case Help():
            return await help_text(desk, caller)
        case History(words):
            wanted = History(await desk.plain(words, caller.workspace))
            return await _answered(desk, caller, wanted)
        case _:
            return await _answered(desk, caller, wanted)


async def message(desk: SlackDesk, caller: Caller, event: Json) -> str | None:
    """Take a message that mentions the bot, or one that was written to it directly."""
    # Two bots that hear each other would never end.
    if event.get("bot_id") or event.get("subtype") not in _WRITTEN or not caller.user:
        return None
    access = await desk.api.access(caller.workspace)
    mention = rf"<@{re.escape(access.bot_user)}(\|[^>]*)?>"
    text, mentions = re.subn(mention, " ", str(event.get("text") or ""))
    is_direct = event["type"] == "app_mention" or event.get("channel_type") == "im"
    if not is_direct and not mentions:
        return None
    # One mention may come as two events, which have this in common.
    delivery = f"message:{caller.channel}:{event['ts']}"
    files = attachments(event.get("files") or ())
    return await command(desk, caller, text.strip(), delivery, files)


async def shortcut(desk: SlackDesk, caller: Caller, about: Json) -> str | None:
    """Open the form to ask about a message."""
    fault = await desk.channels.fault(caller.channel, caller.workspace)
    written, files = said(about), list(about.get("files") or ())
    if fault is None and not written.strip() and not files:
        fault = _NOTHING_SAID
    if fault is not None:
        await _open(desk, caller, forms.fault("Ask the council", fault))
        return None
    text = (await desk.plain(written, caller.workspace))[:_MESSAGE_CHARS]
    kept = {
        **_origin(caller),
        "author": await _author(desk, caller, about),
        "text": text,
        "files": files,
    }
    ticket = await desk.keep(_ABOUT, kept)
    names = [file.name for file in attachments(files)]
    await _open(desk, caller, forms.about(text, names, ticket))
    return None


async def ask_about(desk: SlackDesk, caller: Caller, view: Json) -> str | None:
    """Ask about the message of a form."""
    kept = await _kept(desk, _ABOUT, caller, view)
    if kept is None:
        return TOO_LATE
    return await desk.ask(
        _within(caller, kept),
        _written(view) or ABOUT_THIS,
        delivery=f"view:{view['id']}",
        attachments=attachments(cast("list[object]", kept["files"])),
        context=(Remark(kept["author"], kept["text"]),) if kept["text"] else (),
    )


async def follow_up(desk: SlackDesk, caller: Caller, deliberation_id: str) -> str | None:
    """Open the form for the next question."""
    asked = await desk.app.show(deliberation_id, within=caller.scope)
    ticket = await desk.keep(_AFTER, _origin(caller))
    await _open(desk, caller, forms.follow_up(asked.question.text, ticket))
    return None


async def ask_further(desk: SlackDesk, caller: Caller, view: Json) -> str | None:
    """Ask the follow-up of a form."""
    kept = await _kept(desk, _AFTER, caller, view)
    if kept is None:
        return TOO_LATE
    return await desk.ask(_within(caller, kept), _written(view), delivery=f"view:{view['id']}")


async def show_reviews(desk: SlackDesk, caller: Caller, deliberation_id: str) -> str | None:
    """Show all reviews in a window."""
    # The right to open one ends after 3 s, so it is opened before anything is looked up.
    opened = await _open(desk, caller, forms.loading(phrases.ALL_REVIEWS))
    try:
        view = forms.reviews(await desk.app.show(deliberation_id, within=caller.scope))
    except NotFound as error:
        view = forms.fault(phrases.ALL_REVIEWS, str(error))
    shown = {"view_id": opened["id"], "hash": opened["hash"], "view": view}
    await desk.api.call("views.update", caller.workspace, shown)
    return None


async def stop(desk: SlackDesk, caller: Caller, deliberation_id: str) -> str | None:
    """Stop a deliberation; its root message says so."""
    await replies.answer(desk, await desk.person(caller), caller.place, Cancel(deliberation_id))
    return None


async def rate(desk: SlackDesk, caller: Caller, value: str) -> str | None:
    """Note a thumb."""
    thumb, _, deliberation_id = value.partition(":")
    if thumb not in {GOOD, BAD}:
        message = "This button is none of mine any more."
        raise WrongUse(message)
    await desk.rate(deliberation_id, caller.user, caller.scope, is_good=thumb == GOOD)
    return None


async def whisper(desk: SlackDesk, caller: Caller, sentence: str) -> None:
    """Say something to one person alone: where they are, or directly if the bot is not there."""
    here = {"channel": caller.channel, "thread_ts": caller.thread, "user": caller.user}
    try:
        await desk.api.call("chat.postEphemeral", caller.workspace, {**here, "text": sentence})
    except Refused:
        there = {"channel": caller.user, "unfurl_links": False, "unfurl_media": False}
        await desk.api.call("chat.postMessage", caller.workspace, {**there, "text": sentence})


async def _answered(desk: SlackDesk, caller: Caller, wanted: Command) -> str:
    person = await desk.person(caller)
    return await shown(desk, await replies.answer(desk, person, caller.place, wanted))


async def _author(desk: SlackDesk, caller: Caller, about: Json) -> str:
    if user := about.get("user"):
        return (await desk.people.person(str(user), caller.workspace)).name
    return str(about.get("username") or "an app")


async def _open(desk: SlackDesk, caller: Caller, view: Json) -> Json:
    opening = {"trigger_id": caller.trigger, "view": view}
    return (await desk.api.call("views.open", caller.workspace, opening))["view"]


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
    values: Json = view.get("state", {}).get("values", {})
    typed = values.get(forms.QUESTION, {}).get(forms.TEXT, {}).get("value")
    return as_markup(str(typed or ""))

"""What is done with each delivery of Slack, between the wire and the council.

Whatever a listener returns is said before the acknowledgement; nothing that can raise comes after
it. A delivery that raises is not acknowledged, and Slack delivers an event again.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import cast

from adapters.slack import forms, home
from adapters.slack.caller import Caller
from adapters.slack.conclusion import GOOD
from adapters.slack.desk import Desk
from adapters.slack.http import Json
from adapters.slack.incoming import attachments
from adapters.slack.replies import cancel_text, help_text, history_text, status_text
from adapters.slack.untrusted import escaped
from bot.commands import Ask, Cancel, Help, History, Status, parse
from bot.domain import Remark
from bot.errors import ChatError, StorageError, WrongUse

_ABOUT, _AFTER = "slack about", "slack after"
# How long a form may stay open before it is sent.
_LIFETIME = timedelta(hours=12)
_TOO_LATE = "This form has been open for too long; open it again."
_NO_DATABASE = "I cannot look that up right now; please try again in a moment."
_MESSAGE_CHARS = 20_000
# Messages that people write; other subtypes tell of changes and of people who come and go.
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


async def command(desk: Desk, caller: Caller, text: str, delivery: str) -> str | None:
    """Carry out what was typed; return what to say to that person alone, in Slack's markup."""
    wanted = parse(text)
    if isinstance(wanted, Ask):
        return await desk.ask(caller, wanted.question, delivery=delivery)
    try:
        match wanted:
            case Help():
                return help_text(desk)
            case Status():
                return await status_text(desk, caller)
            case Cancel(deliberation_id):
                return await cancel_text(desk, caller, deliberation_id)
            case History(words):
                return await history_text(desk, caller, words)
    except (WrongUse, StorageError) as error:
        return escaped(str(error)) if isinstance(error, WrongUse) else _NO_DATABASE


async def message(desk: Desk, caller: Caller, event: Json) -> str | None:
    """Take a message that mentions the bot, or one that was written to it directly."""
    if event.get("bot_id") or event.get("subtype") not in _WRITTEN or not caller.user:
        return None
    access = await desk.api.access(caller.workspace)
    written = str(event.get("text") or "")
    mention = f"<@{access.bot_user}>"
    if event.get("channel_type") != "im" and mention not in written:
        return None
    files = attachments(event.get("files") or ())
    text = written.replace(mention, " ").strip()
    delivery = f"message:{caller.channel}:{event['ts']}"
    if files:
        question = text or forms.ABOUT_THIS
        return await desk.ask(caller, question, delivery=delivery, attachments=files)
    return await command(desk, caller, text, delivery)


async def shortcut(desk: Desk, caller: Caller, body: Json) -> None:
    """Open the form to ask about a message. Raises `ChatError`, `StorageError`."""
    title = "Ask the council"
    fault = await desk.channels.fault(caller.channel, caller.workspace, desk.bot)
    if fault is not None:
        await _open(desk, caller, body, forms.fault(title, fault))
        return
    said: Json = body["message"]
    author = await desk.people.person(str(said.get("user") or ""), caller.workspace)
    text = (await desk.plain(str(said.get("text") or ""), caller.workspace))[:_MESSAGE_CHARS]
    subject = {
        **_origin(caller),
        "author": author.name if said.get("user") else str(said.get("username") or "an app"),
        "text": text,
        "files": list(said.get("files") or ()),
    }
    ticket = await desk.tickets.issue(_ABOUT, json.dumps(subject), _LIFETIME)
    await _open(desk, caller, body, forms.about(text, ticket))


async def ask_about(desk: Desk, caller: Caller, view: Json) -> str | None:
    """Ask about the message of a form; return what is wrong with it."""
    kept = await _kept(desk, _ABOUT, caller, view)
    if kept is None:
        return _TOO_LATE
    where = _within(caller, kept)
    files = attachments(cast("list[object]", kept["files"]))
    about = (Remark(str(kept["author"]), str(kept["text"])),) if kept["text"] else ()
    return await desk.ask(
        where,
        _written(view) or forms.ABOUT_THIS,
        delivery=f"view:{view['id']}",
        attachments=files,
        context=about,
    )


async def follow_up(desk: Desk, caller: Caller, body: Json, deliberation_id: str) -> None:
    """Open the form for the next question. Raises `ChatError`, `StorageError`, `WrongUse`."""
    asked = await desk.app.show(deliberation_id, within=caller.scope)
    ticket = await desk.tickets.issue(_AFTER, json.dumps(_origin(caller)), _LIFETIME)
    await _open(desk, caller, body, forms.follow_up(asked.question.text, ticket))


async def ask_further(desk: Desk, caller: Caller, view: Json) -> str | None:
    """Ask the follow-up of a form; return what is wrong with it."""
    kept = await _kept(desk, _AFTER, caller, view)
    if kept is None:
        return _TOO_LATE
    return await desk.ask(_within(caller, kept), _written(view), delivery=f"view:{view['id']}")


async def show_reviews(desk: Desk, caller: Caller, body: Json, deliberation_id: str) -> None:
    """Show all reviews in a window. Raises `ChatError`, `StorageError`, `WrongUse`."""
    # The right to open one ends after 3 s, so it is opened before anything is looked up.
    opened = await _open(desk, caller, body, forms.loading("All reviews"))
    deliberation = await desk.app.show(deliberation_id, within=caller.scope)
    shown = {"view_id": opened["id"], "hash": opened["hash"], "view": forms.reviews(deliberation)}
    await desk.api.call("views.update", caller.workspace, shown)


async def stop(desk: Desk, caller: Caller, deliberation_id: str) -> None:
    """Stop a deliberation. Raises `StorageError`, `WrongUse`."""
    person = await desk.people.person(caller.user, caller.workspace, caller.name)
    await desk.app.cancel(deliberation_id, by=person, within=caller.scope)


async def rate(desk: Desk, caller: Caller, value: str) -> None:
    """Note a thumb. Raises `StorageError`, `WrongUse`."""
    thumb, _, deliberation_id = value.partition(":")
    await desk.app.show(deliberation_id, within=caller.scope)
    await desk.feedback.rate(deliberation_id, caller.user, is_good=thumb == GOOD)


async def open_home(desk: Desk, user: str, workspace: str) -> None:
    """Show a person their Home tab. Raises `ChatError`, `StorageError`."""
    await home.publish(desk, user, workspace)


async def whisper(desk: Desk, caller: Caller, sentence: str) -> None:
    """Say something to one person alone: in the channel, or else directly. Raises `ChatError`."""
    said = {"text": sentence, "user": caller.user, "channel": caller.channel}
    try:
        await desk.api.call(
            "chat.postEphemeral",
            caller.workspace,
            {**said, "thread_ts": caller.thread},
        )
    except ChatError:
        direct = {"channel": caller.user, "text": sentence}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        await desk.api.call("chat.postMessage", caller.workspace, {**direct, **quiet})


async def _open(desk: Desk, caller: Caller, body: Json, view: Json) -> Json:
    answer = await desk.api.call(
        "views.open", caller.workspace, {"trigger_id": body["trigger_id"], "view": view}
    )
    return answer["view"]


async def _kept(desk: Desk, purpose: str, caller: Caller, view: Json) -> Json | None:
    """Return what was kept for a form, if it is the same person who sends it."""
    content = await desk.tickets.read(purpose, str(view.get("private_metadata") or ""))
    if content is None:
        return None
    kept = cast("Json", json.loads(content))
    is_same = (kept["workspace"], kept["user"]) == (caller.workspace, caller.user)
    return kept if is_same else None


def _origin(caller: Caller) -> dict[str, object]:
    return {
        "workspace": caller.workspace,
        "channel": caller.channel,
        "thread": caller.thread,
        "user": caller.user,
    }


def _within(caller: Caller, kept: Json) -> Caller:
    return Caller(caller.workspace, kept["channel"], caller.user, caller.name, kept["thread"])


def _written(view: Json) -> str:
    values: Json = view.get("state", {}).get("values", {})
    return str(values.get(forms.QUESTION, {}).get(forms.TEXT, {}).get("value") or "")

"""What is done with each delivery of Slack, between the wire and the council.

A listener returns what is said to the person who called, in our own markup, or None if there is
nothing to say. All of them raise `WrongUse`, `StorageError` and `ChatError`.
"""

from __future__ import annotations

import re
from functools import partial

from adapters.slack.caller import Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.dialogs.keys import open_keys
from adapters.slack.dialogs.schedules import open_schedule
from adapters.slack.dialogs.settings import open_settings
from adapters.slack.discussion import before
from adapters.slack.forms.schedules import NEW_SCHEDULE, NEW_TITLE
from adapters.slack.incoming import WRITTEN, attachments
from adapters.slack.replies import help_text, shown
from adapters.slack.thread.blocks import actions, button, lines
from adapters.slack.thread.conclusion import BAD, GOOD
from adapters.slack.thread.messages import Message
from adapters.slack.whispers import Said
from adapters.slack.wire.http import Json
from bot import replies
from bot.commands import (
    Ask,
    Cancel,
    Command,
    Config,
    Forget,
    Help,
    History,
    Keys,
    Schedule,
    parse,
)
from bot.desk import ABOUT_THIS
from bot.errors import WrongUse

# Somebody, or a user group, who is named in settings: a string of TOML that is nothing else.
_NAMED = re.compile(r"(?<=[\"'])<(?:@|!subteam\^)(\w+)(?:\|[^<>]*)?>(?=[\"'])")


async def command(desk: SlackDesk, caller: Caller, text: str, delivery: str) -> Said:
    """Carry out what was typed."""
    wanted = parse(text)
    if isinstance(wanted, Ask):
        return await desk.ask(caller, wanted.question, delivery=delivery)
    return await _answered(desk, caller, wanted, delivery)


async def message(desk: SlackDesk, caller: Caller, event: Json) -> Said:
    """Take a message that mentions the bot, or one that was written to it directly.

    What comes with files is a question.
    """
    # Two bots that hear each other would never end.
    if event.get("bot_id") or event.get("subtype") not in WRITTEN or not caller.user:
        return None
    access = await desk.api.access(caller.workspace)
    mention = rf"<@{re.escape(access.bot_user)}(\|[^>]*)?>"
    text, mentions = re.subn(mention, " ", str(event.get("text") or ""))
    is_direct = event["type"] == "app_mention" or event.get("channel_type") == "im"
    if not is_direct and not mentions:
        return None
    wanted, files = parse(text), attachments(event.get("files") or ())
    # One mention may come as two events, which have this in common.
    delivery = f"message:{caller.channel}:{event['ts']}"
    if not files and not isinstance(wanted, Ask):
        return await _answered(desk, caller, wanted, delivery)
    question = wanted.question if isinstance(wanted, Ask) else text.strip()
    return await desk.ask(
        caller,
        question or (ABOUT_THIS if files else ""),
        delivery=delivery,
        attachments=files,
        context=partial(before, desk, caller, event),
    )


async def stop(desk: SlackDesk, caller: Caller, deliberation_id: str) -> Said:
    """Stop a deliberation; its root message says so."""
    await replies.answer(desk, await desk.person(caller), caller.place, Cancel(deliberation_id))
    return None


async def rate(desk: SlackDesk, caller: Caller, value: str) -> Said:
    """Note a thumb."""
    thumb, _, deliberation_id = value.partition(":")
    if thumb not in {GOOD, BAD}:
        message = "This button is none of mine any more."
        raise WrongUse(message)
    await desk.rate(deliberation_id, caller.user, caller.scope, is_good=thumb == GOOD)
    return None


async def _answered(desk: SlackDesk, caller: Caller, wanted: Command, delivery: str) -> Said:
    match wanted:
        case Help():
            return await help_text(desk, caller)
        case Config(action="", is_workspace=is_workspace):
            await open_settings(desk, caller, is_workspace=is_workspace)
        case Keys(action=""):
            await open_keys(desk, caller)
        case Schedule(action="add", argument=""):
            await open_schedule(desk, caller)
        case Schedule(action="edit", argument=named) if len(named.split()) == 1:
            await open_schedule(desk, caller, named.lower())
        case _:
            return await _carried_out(desk, caller, wanted, delivery)
    return None


async def _carried_out(desk: SlackDesk, caller: Caller, wanted: Command, delivery: str) -> Said:
    wanted = await _plain(desk, caller, wanted)
    # What is changed or deleted is not left to the rights of a minute ago.
    is_fresh = isinstance(wanted, (Config, Keys, Forget))
    person = await desk.person(caller, is_fresh=is_fresh)
    reply = await replies.answer(desk, person, caller.place, wanted, delivery=delivery)
    said = await shown(desk, reply)
    if isinstance(wanted, Schedule) and wanted.action == "list":
        return _with_new(said)
    return said


async def _plain(desk: SlackDesk, caller: Caller, wanted: Command) -> Command:
    """Return a command with what was typed for it as plain text; who and where stay mentions."""
    match wanted:
        case History(words):
            return History(await desk.plain(words, caller.workspace))
        case Config("copy"):
            return wanted
        case Config(action, argument):
            plain = await desk.plain(_NAMED.sub(r"\1", argument), caller.workspace)
            return Config(action, plain, wanted.is_workspace)
        case Schedule(action, argument):
            return Schedule(action, await desk.plain(argument, caller.workspace))
        case _:
            return wanted


def _with_new(said: tuple[Message, ...]) -> tuple[Message, ...]:
    """Put a button for a new schedule below a list of them."""
    if not said:
        return said
    *others, last = said
    new = actions(button(NEW_TITLE, NEW_SCHEDULE, "new"))
    blocks = [*lines(last.text.splitlines()), new]
    return (*others, Message(last.title, last.text, blocks, blocks))

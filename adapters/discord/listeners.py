"""What is done with each delivery of Discord, between the wire and the council.

A listener returns a sentence for the person who called, in our own markup, or None if there is
nothing to say. All of them raise `WrongUse`, `StorageError` and `ChatError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from adapters.discord import forms
from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from adapters.discord.discussion import before, replied_to
from adapters.discord.importing import content
from adapters.discord.incoming import (
    Names,
    attachment,
    attachments,
    display_name,
    plain_text,
    remark_of,
    said,
)
from adapters.discord.render import reviews
from adapters.discord.replies import Said, help_text, shown
from adapters.discord.room import IN_FORUM, IN_PRIVATE
from adapters.discord.thread.components import small
from adapters.discord.thread.messages import single
from adapters.discord.wire.http import Json
from bot import phrases, replies
from bot.attachments import MOST_FILES
from bot.commands import (
    Ask,
    Budget,
    Cancel,
    Command,
    Config,
    Forget,
    Help,
    Keys,
    Schedule,
    parse,
)
from bot.desk import ABOUT_THIS, TOO_LATE
from bot.domain import Attachment, Mode, Remark
from bot.errors import WrongUse

_ABOUT = "discord about"
_NOTHING_SAID = "This message has neither text nor files that I can read."
_UNREADABLE = (
    "I cannot read the message that you reply to, since I see only messages that mention me. "
    "Choose **Apps › Ask the council** in its menu instead."
)
_FORM = "That is a form, which a message cannot open: use the command `/council config edit`."
_KEYS = "Keys are for you alone: use the commands `/council keys add`, `list` and `remove`."
# What is a command in Discord, and would be a question as a message.
_POINTERS = {"config edit": _FORM, "config seat": _FORM}
_NOTED = "Noted, thank you."
_REST = "… The rest is in the thread."
_MOST_MESSAGES = 10


async def ask(
    desk: DiscordDesk, caller: Caller, options: Mapping[str, object], names: Names, delivery: str
) -> str | None:
    """Ask what was typed into the options of a command; a file there is one of Discord's."""
    mode, file = options.get("mode"), options.get("attachment")
    return await desk.ask(
        caller,
        await desk.plain(str(options.get("question") or ""), caller, names),
        delivery=delivery,
        attachments=() if file is None else (attachment(cast("Json", file)),),
        mode=Mode(str(mode)) if mode in set(Mode) else None,
    )


async def answer(
    desk: DiscordDesk,
    caller: Caller,
    wanted: Command,
    names: Names,
    delivery: str | None = None,
) -> Said:
    """Carry out a command that is no question; with a `delivery` nothing is asked twice for it."""
    if isinstance(wanted, Help | Ask):
        return await help_text(desk, caller)
    if isinstance(wanted, Schedule):
        check_repeating(caller)
        if wanted.action == "run" and caller.fault is not None:
            return caller.fault
    # What is set and what it may cost are the channel's; what was asked is a private thread's own.
    place = caller.home if isinstance(wanted, Config | Budget) else caller.place
    reply = await replies.answer(desk, caller.person, place, wanted, delivery=delivery)
    return shown(reply, names)


def check_repeating(caller: Caller) -> None:
    """Raise `WrongUse` where no question can repeat."""
    if caller.home.channel != caller.channel:
        raise WrongUse(IN_PRIVATE)
    if caller.title is not None:
        raise WrongUse(IN_FORUM)


async def message(
    desk: DiscordDesk, caller: Caller, written: Json, typed: str, names: Names
) -> Said:
    """Take a message that mentions the bot, or one that was written to it directly.

    `typed` is what it says without the mention. A question takes along what was said before it.
    """
    text, own = plain_text(typed, written["mentions"], names), attachments(written)
    replied = await replied_to(desk, written)
    about = None if replied is None else remark_of(replied, names)
    if (pointer := _POINTERS.get(" ".join(typed.lower().split()))) is not None:
        return pointer
    wanted = _by_id(typed)
    if wanted is None:
        wanted = _wanted(text, caller.title, has_files=bool(own), is_reply=about is not None)
    if isinstance(wanted, Help) and not text and written["replied_to"]:
        return _NOTHING_SAID if desk.can_read else _UNREADABLE
    delivery = f"message:{written['id']}"
    if not isinstance(wanted, Ask):
        return await _commanded(desk, caller, await _filled(desk, wanted, own), names, delivery)
    earlier = await before(desk, caller, written, names)
    files = (*own, *(attachments(replied) if replied else ()), *earlier.notes)
    return await desk.ask(
        caller,
        wanted.question,
        delivery=delivery,
        attachments=files[: max(len(own), MOST_FILES)],
        context=_with(earlier.remarks, about),
    )


async def about_form(desk: DiscordDesk, caller: Caller, about: Json, names: Names) -> Json | str:
    """Return the form to ask about a message, or a sentence on why there is none."""
    if caller.fault is not None:
        return caller.fault
    text, files = said(about, names), attachments(about)
    if not (text or files):
        return _NOTHING_SAID
    kept = {
        "workspace": caller.workspace,
        "user": caller.person.id,
        "author": display_name(about["author"]),
        "text": text,
        "files": [(file.name, file.media_type, file.source) for file in files],
    }
    ticket = await desk.keep(_ABOUT, kept)
    return forms.about(text, [file.name for file in files], ticket)


async def ask_about(
    desk: DiscordDesk, caller: Caller, ticket: str, typed: str, names: Names, delivery: str
) -> str | None:
    """Ask about the message of a form."""
    whose = {"workspace": caller.workspace, "user": caller.person.id}
    kept = await desk.kept(_ABOUT, ticket, **whose)
    if kept is None:
        return TOO_LATE
    files = cast("list[tuple[str, str, str]]", kept["files"])
    text = str(kept["text"])
    return await desk.ask(
        caller,
        await desk.plain(typed, caller, names) or ABOUT_THIS,
        delivery=delivery,
        attachments=tuple(Attachment(name, kind, source=source) for name, kind, source in files),
        context=(Remark(str(kept["author"]), text),) if text else (),
    )


async def ask_further(
    desk: DiscordDesk, caller: Caller, deliberation_id: str, typed: str, names: Names, delivery: str
) -> str | None:
    """Ask the follow-up of a form, in the thread of the question before."""
    await desk.app.show(deliberation_id, within=caller.scope)
    return await desk.ask(caller, await desk.plain(typed, caller, names), delivery=delivery)


async def all_reviews(desk: DiscordDesk, caller: Caller, deliberation_id: str) -> Said:
    """Return what the members said of each other's answers, or as much as anybody reads."""
    found = reviews(await desk.app.show(deliberation_id, within=caller.scope))
    if len(found) <= _MOST_MESSAGES:
        return found
    return (*found[:_MOST_MESSAGES], single(phrases.ALL_REVIEWS, [small(_REST)]))


async def stop(desk: DiscordDesk, caller: Caller, deliberation_id: str) -> str | None:
    """Stop a deliberation; its root message says so."""
    await replies.answer(desk, caller.person, caller.place, Cancel(deliberation_id))
    return None


async def rate(
    desk: DiscordDesk, caller: Caller, deliberation_id: str, *, is_good: bool
) -> str | None:
    """Note a thumb."""
    await desk.rate(deliberation_id, caller.person.id, caller.scope, is_good=is_good)
    return _NOTED


async def _filled(desk: DiscordDesk, wanted: Command, files: Sequence[Attachment]) -> Command:
    """Return a command with the text of the file that came with it, if it takes one."""
    match wanted:
        case Config("import") if files:
            return replace(wanted, argument=await content(desk, files[0]))
        case _:
            return wanted


async def _commanded(
    desk: DiscordDesk, caller: Caller, wanted: Command, names: Names, delivery: str
) -> Said:
    """Carry out a command that was written in a message."""
    match wanted:
        case Keys():
            return _KEYS
        case Config(""):
            return _FORM
        case _:
            return await answer(desk, caller, wanted, names, delivery)


def _by_id(typed: str) -> Command | None:
    """Return a command that means channels or people by their ids, not by their names."""
    command = parse(typed)
    return command if isinstance(command, Config | Forget) else None


def _wanted(text: str, title: str | None, *, has_files: bool, is_reply: bool) -> Command:
    """Read what a message wants; one that says nothing is about what comes with it."""
    wanted = parse(text)
    match wanted:
        case Ask(question):
            return Ask(question or ABOUT_THIS) if has_files or is_reply else wanted
        case Help() if not text and (has_files or is_reply):
            return Ask(ABOUT_THIS)
        case Help() if not text and title is not None:
            return Ask(title)
        case _:
            return Ask(text) if has_files else wanted


def _with(remarks: tuple[Remark, ...], about: Remark | None) -> tuple[Remark, ...]:
    """Add the message that one replies to, unless it is among those before."""
    return remarks if about is None or about in remarks else (*remarks, about)

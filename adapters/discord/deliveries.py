"""What Discord delivers, to the right listener; each delivery is answered in time and once.

Discord waits 3 s for the first answer to an interaction. It is given before anything is looked up
or stored; only a form must be that first answer itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, TypeAlias

import discord

from adapters.discord import forms, listeners
from adapters.discord.call import Call, Saying, outcome
from adapters.discord.caller import Caller, of_message
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import WRITTEN, addressed, names_of, wire_of
from adapters.discord.replies import message_of
from adapters.discord.room import NOWHERE, Room, of_channel, of_thread
from adapters.discord.thread.conclusion import BAD, FOLLOW_UP, GOOD, REVIEWS
from adapters.discord.thread.posting import MESSAGES
from adapters.discord.thread.root import STOP
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.http import Json
from bot.commands import Cancel, Command, Help, History, Status
from bot.desk import TOO_LATE
from bot.errors import ChatError

_OLD_BUTTON = "This button is none of mine any more."
# A delivery may come again, when a connection goes on that was lost.
_REMEMBERED = 2_000
# What must be the first answer, and needs the database before.
_FIRST_WITHIN_S = 1.5
_CHANNEL = "/channels/{channel_id}"
_FOUND_WITHIN_S = 5.0

_Take: TypeAlias = Callable[[Call], Coroutine[Any, Any, None]]
_Click: TypeAlias = Callable[[DiscordDesk, Caller, str], Saying]

_CLICKS: Mapping[str, _Click] = {
    GOOD: partial(listeners.rate, is_good=True),
    BAD: partial(listeners.rate, is_good=False),
}
_FORMS = {forms.ABOUT: listeners.ask_about, forms.AFTER: listeners.ask_further}


class Deliveries:
    """Takes interactions and messages; what takes longer than the acknowledgement is an errand."""

    def __init__(self, desk: DiscordDesk) -> None:
        self._desk = desk
        self._recent: dict[int, None] = {}
        self._takes: Mapping[discord.InteractionType, _Take] = {
            discord.InteractionType.application_command: self._command,
            discord.InteractionType.autocomplete: self._suggest,
            discord.InteractionType.component: self._click,
            discord.InteractionType.modal_submit: self._form,
        }

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer an interaction."""
        take = self._takes.get(interaction.type)
        if take is not None and self._is_new(interaction.id):
            call = Call(self._desk, interaction)
            await asyncio.wait({self._desk.errands.begin(take(call))})

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message, if it is for us."""
        # Two bots that hear each other would never end; our own pins are told in messages, too.
        if message.author.bot or message.webhook_id or message.type.value not in WRITTEN:
            return
        text, is_ours = addressed(message, self._desk.bot_user)
        is_ours = is_ours or isinstance(message.channel, discord.DMChannel)
        if is_ours and self._is_new(message.id):
            taking = self._message(message, text)
            await asyncio.wait({self._desk.errands.begin(taking)})

    def _is_new(self, number: int) -> bool:
        """Remember a delivery, and say whether this process has not had it yet."""
        if number in self._recent:
            return False
        self._recent[number] = None
        if len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return True

    async def _command(self, call: Call) -> None:
        data = call.data
        if data.get("type") == discord.AppCommandType.message.value:
            await self._open(call, next(iter(data["resolved"]["messages"].values())))
            return
        (part,) = data["options"]
        options = {one["name"]: one.get("value") for one in part.get("options") or ()}
        if part["name"] == "ask":
            files = _nested(_nested(data, "resolved"), "attachments")
            options["attachment"] = files.get(str(options.get("attachment")))
            asking = listeners.ask(self._desk, call.caller, options, call.names, call.delivery)
            await call.ask(asking, str(options["question"]))
        else:
            wanted = _wanted(part["name"], options)
            await call.do(listeners.answer(self._desk, call.caller, wanted))

    async def _suggest(self, call: Call) -> None:
        (part,) = call.data["options"]
        typed = next((one["value"] for one in part["options"] if one.get("focused")), "")
        suggesting = listeners.suggest(self._desk, call.caller, str(typed))
        found = await outcome(self._desk, suggesting, _FIRST_WITHIN_S)
        choices = () if isinstance(found, str) else found
        await call.answering.suggest(choices)

    async def _click(self, call: Call) -> None:
        action, value = _parsed(call.data)
        if action == FOLLOW_UP:
            await self._follow_up(call, value)
        elif action == REVIEWS:
            await call.do(self._reviews(call, value))
        elif action == STOP:
            await call.obey(listeners.stop(self._desk, call.caller, value))
        elif (take := _CLICKS.get(action)) is not None:
            await call.do(take(self._desk, call.caller, value))
        else:
            await call.answering.say(_OLD_BUTTON)

    async def _follow_up(self, call: Call, deliberation_id: str) -> None:
        if call.caller.fault is None:
            await call.answering.form(forms.follow_up(deliberation_id))
        else:
            await call.answering.say(call.caller.fault)

    async def _reviews(self, call: Call, deliberation_id: str) -> str | None:
        shown = await listeners.all_reviews(self._desk, call.caller, deliberation_id)
        await call.answering.show(shown)
        return None

    async def _form(self, call: Call) -> None:
        form, value = _parsed(call.data)
        typed = forms.typed(call.data["components"])
        take = _FORMS.get(form)
        if take is None:
            await call.answering.say(TOO_LATE)
            return
        asking = take(self._desk, call.caller, value, typed, call.names, call.delivery)
        await call.ask(asking, typed)

    async def _open(self, call: Call, about: Json) -> None:
        """Open the form about a message, or say why there is none."""
        opening = listeners.about_form(self._desk, call.caller, about, call.names)
        form = await outcome(self._desk, opening, _FIRST_WITHIN_S)
        if isinstance(form, str):
            await call.answering.say(form)
        else:
            await call.answering.form(form)

    async def _message(self, message: discord.Message, text: str) -> None:
        caller = of_message(message, await self._room(message))
        taking = listeners.message(
            self._desk, caller, wire_of(message), text, names_of(message.guild)
        )
        sentence = await outcome(self._desk, taking)
        if sentence is not None:
            await self._reply(message, sentence)

    async def _room(self, message: discord.Message) -> Room | None:
        """Return where a message was written, None if directly to us."""
        channel, guild = message.channel, message.guild
        if isinstance(channel, discord.DMChannel):
            return None
        if guild is None:
            return NOWHERE
        if not isinstance(channel, discord.PartialMessageable):
            return of_channel(channel, channel.permissions_for(guild.me))
        # Discord has told of the message and not yet of its thread.
        try:
            ids = {"channel_id": str(channel.id)}
            found = await self._desk.api.call("GET", _CHANNEL, ids, within_s=_FOUND_WITHIN_S)
        except ChatError:
            return NOWHERE
        return of_thread(found, guild)

    async def _reply(self, message: discord.Message, sentence: str) -> None:
        """Reply to a message where it was written, or else to its author alone."""
        nonce = {"nonce": f"reply{message.id}"[:25], "enforce_nonce": True}
        said = {**message_of(sentence), **nonce}
        to = {"message_id": str(message.id), "fail_if_not_exists": False}
        room = {"channel_id": str(message.channel.id)}
        try:
            replied = {**said, "message_reference": to}
            await self._desk.api.call("POST", MESSAGES, room, json=replied)
        except Refused:
            await self._desk.write_to(str(message.author.id), said)


def _wanted(name: str, options: Mapping[str, object]) -> Command:
    match name:
        case "status":
            return Status()
        case "cancel":
            return Cancel(str(options.get("id") or "").strip().lower() or None)
        case "history":
            return History(str(options.get("words") or ""))
        case _:
            return Help()


def _parsed(data: Json) -> tuple[str, str]:
    """Return the action of a button or form of ours, and what it is about."""
    ours, _, rest = str(data.get("custom_id") or "").partition(":")
    action, _, value = rest.partition(":")
    return f"{ours}:{action}", value


def _nested(data: Json, name: str) -> Json:
    return data.get(name) or {}

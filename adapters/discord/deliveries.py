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

from adapters.discord import clicking, listeners, slash
from adapters.discord.call import Call, outcome
from adapters.discord.caller import of_message
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import WRITTEN, addressed, names_of, wire_of
from adapters.discord.replies import message_of
from adapters.discord.room import NOWHERE, Room, of_channel, of_thread
from adapters.discord.thread.messages import Message
from adapters.discord.thread.posting import MESSAGES, NO_FILES, content_of
from adapters.discord.wire.failures import Refused
from bot.errors import ChatError

# A delivery may come again, when a connection goes on that was lost.
_REMEMBERED = 2_000
_CHANNEL = "/channels/{channel_id}"
_FOUND_WITHIN_S = 5.0

_Take: TypeAlias = Callable[[Call], Coroutine[Any, Any, None]]


class Deliveries:
    """Takes interactions and messages; what takes longer than the acknowledgement is an errand."""

    def __init__(self, desk: DiscordDesk) -> None:
        self._desk = desk
        self._recent: dict[int, None] = {}
        self._takes: Mapping[discord.InteractionType, _Take] = {
            discord.InteractionType.application_command: self._command,
            discord.InteractionType.autocomplete: partial(slash.complete, desk),
            discord.InteractionType.component: partial(clicking.click, desk),
            discord.InteractionType.modal_submit: partial(clicking.submit, desk),
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
            about = next(iter(data["resolved"]["messages"].values()))
            await call.open(listeners.about_form(self._desk, call.caller, about, call.names))
        else:
            await slash.give(self._desk, call)

    async def _message(self, message: discord.Message, text: str) -> None:
        caller = of_message(message, await self._room(message))
        taking = listeners.message(
            self._desk, caller, wire_of(message), text, names_of(message.guild)
        )
        said = await outcome(self._desk, taking)
        if said is not None:
            await self._reply(message, said)

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

    async def _reply(self, message: discord.Message, said: str | tuple[Message, ...]) -> None:
        """Reply to a message where it was written, or else to its author alone."""
        to = {"message_id": str(message.id), "fail_if_not_exists": False}
        room = {"channel_id": str(message.channel.id)}
        messages = (
            [(message_of(said), NO_FILES)] if isinstance(said, str) else map(content_of, said)
        )
        for number, (content, files) in enumerate(messages):
            nonce = {"nonce": f"reply{message.id}{number or ''}"[:25], "enforce_nonce": True}
            sent = {**content, **nonce}
            try:
                replied = {**sent, "message_reference": to}
                await self._desk.api.call("POST", MESSAGES, room, json=replied, files=files)
            except Refused:
                await self._desk.write_to(str(message.author.id), sent, files)

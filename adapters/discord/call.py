"""An interaction that is being answered."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias, TypeVar, cast

import discord

from adapters.discord.answering import Answering
from adapters.discord.caller import of_interaction
from adapters.discord.desk import DiscordDesk
from adapters.discord.incoming import names_of
from adapters.discord.replies import Said, message_of, returned
from adapters.discord.rich.untrusted import escaped
from adapters.discord.thread.messages import Message
from adapters.discord.wire.failures import Refused
from adapters.discord.wire.http import Json
from bot.desk import apology
from bot.errors import CouncilError

_BROKE_OFF = "Something went wrong inside the bot. Please try again in a moment."
_SLOW = "My database is slow, so nothing was done. Please try again in a moment."

# What must be the first answer, and needs the database before.
_OPENED_WITHIN_S = 1.5

T = TypeVar("T")
Saying: TypeAlias = Coroutine[Any, Any, Said]
Changing: TypeAlias = Coroutine[Any, Any, Message]
Opening: TypeAlias = Coroutine[Any, Any, Json | str]
Suggesting: TypeAlias = Coroutine[Any, Any, Sequence[tuple[str, str]]]


class Call:
    """Who calls, what for, and the way to answer; what is done is told to that person alone."""

    def __init__(self, desk: DiscordDesk, interaction: discord.Interaction) -> None:
        self._desk = desk
        self.data = cast("dict[str, Any]", interaction.data or {})
        self.caller = of_interaction(interaction)
        self.names = names_of(interaction.guild)
        # It comes again with the same delivery.
        self.delivery = f"interaction:{interaction.id}"
        application = str(interaction.application_id)
        self.answering = Answering(desk.api, str(interaction.id), interaction.token, application)

    async def ask(self, asking: Saying, typed: str) -> None:
        """Ask what was typed, or say why not, with the words that would be lost.

        What Discord has given up by then is not asked: its person was told that nothing came.
        """
        if self.caller.fault is None:
            await self.do(asking, typed)
            return
        asking.close()
        fault = returned(self.caller.fault, typed)
        try:
            await self.answering.say(fault)
        except Refused:  # as everything in a thread that is locked
            await self._desk.write_to(self.caller.person.id, message_of(fault))

    async def do(self, work: Saying, typed: str = "") -> None:
        """Do something, and tell what a listener says of it."""
        if not await self.answering.defer():
            work.close()
            return
        said = await outcome(self._desk, work)
        if said is None:
            await self.answering.dismiss()
        elif isinstance(said, str):
            await self.answering.say(returned(said, typed))
        else:
            await self.answering.show(said)

    async def obey(self, work: Saying) -> None:
        """Do something that shows itself; only what goes wrong is told."""
        if not await self.answering.accept():
            work.close()
            return
        sentence = await outcome(self._desk, work)
        if isinstance(sentence, str):
            await self.answering.say(sentence)

    async def change(self, work: Changing) -> None:
        """Put what comes of something in place of the message on which somebody clicked."""
        if not await self.answering.accept():
            work.close()
            return
        changed = await outcome(self._desk, work)
        if isinstance(changed, str):
            await self.answering.say(changed)
        else:
            await self.answering.update(changed)

    async def open(self, opening: Opening) -> None:
        """Open a form, or say why there is none."""
        form = await outcome(self._desk, opening, _OPENED_WITHIN_S)
        if isinstance(form, str):
            await self.answering.say(form)
        else:
            await self.answering.form(form)

    async def suggest(self, suggesting: Suggesting) -> None:
        """Suggest values for the option that is being typed, none if that fails."""
        found = await outcome(self._desk, suggesting, _OPENED_WITHIN_S)
        await self.answering.suggest(() if isinstance(found, str) else found)


async def outcome(
    desk: DiscordDesk, work: Coroutine[Any, Any, T], within_s: float | None = None
) -> T | str:
    """Return what a listener returns, or why it could not do what it was asked for."""

    async def done() -> T | str:
        try:
            return await work
        except CouncilError as error:
            return escaped(apology(error, "Discord"))

    doing = desk.errands.begin(done())
    await asyncio.wait({doing}, timeout=within_s)
    if not doing.done():
        doing.cancel()
        return _SLOW
    return _BROKE_OFF if doing.exception() else doing.result()

"""The form for settings in Discord, before the served program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.fakes.discord.components import parts_in
from tests.fakes.discord.records import Message, Modal, Person
from tests.fakes.discord.server import DiscordServer


@dataclass
class Form:
    """The message of the form, and the person who has it open."""

    discord: DiscordServer
    person: Person
    message: Message

    async def click(self, name: str, *values: object) -> None:
        """Click, or choose from a menu, and wait until the form shows it."""
        before = len(self.message.versions)
        await self._use(name, values)
        await self.discord.until(lambda: len(self.message.versions) > before)

    async def fill(self, button: str, /, **values: object) -> None:
        """Open a small form, send it, and wait until the form shows it."""
        before, modal = len(self.message.versions), await self._use(button)
        assert modal is not None
        await self.discord.submit(modal, values, person=self.person)
        await self.discord.until(lambda: len(self.message.versions) > before)

    async def _use(self, name: str, values: tuple[object, ...] = ()) -> Modal | None:
        custom_id = next(
            str(part["custom_id"])
            for part in parts_in(self.message.components)
            if name in (part.get("label"), part.get("placeholder"), _action_of(part))
        )
        reply = await self.discord.click(self.message, custom_id, values=values, person=self.person)
        assert reply.is_acknowledged
        return reply.modal


def _action_of(part: Mapping[str, object]) -> str:
    """Return the name of a button or a menu, without what it is about."""
    return str(part.get("custom_id", "")).rpartition(":")[0].removeprefix("council:set-")

"""Somebody with the settings' form open, as they see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import Place, PlaceSettings
from bot.ports import ModelInfo
from tests.adapters.discord.lobby import Lobby, words
from tests.fakes.discord.components import parts_in
from tests.fakes.discord.records import Message, Modal, Person
from tests.fakes.team.catalog import FakeCatalog

SEATS, CHANGE = "Choose a seat to change it", "Change Ada"
MODELS = (
    ModelInfo("test/a", 1.0, 2.0),
    ModelInfo("test/b", 1.0, 2.0),
    ModelInfo("test/c", 1.0, 2.0),
    ModelInfo("maker/sonnet-5", 3.0, 15.0, sees_images=True),
    ModelInfo("maker/sonnet-6", 3.0, 15.0, sees_images=False),
    ModelInfo("maker/opus-6"),
)


@dataclass
class Form:
    """The message of the form, and the person who has it open."""

    lobby: Lobby
    person: Person
    message: Message

    @property
    def text(self) -> str:
        """All that it says, without the words on buttons."""
        return words(self.message)

    def part(self, name: str) -> Mapping[str, Any]:
        """Return a button or a menu by its words, or the beginning of its name."""
        for part in parts_in(self.message.components):
            action = str(part.get("custom_id", "")).rpartition(":")[0].removeprefix("council:set-")
            if name in (part.get("label"), part.get("placeholder"), action):
                return part
        raise AssertionError(name)

    def parts(self) -> list[Mapping[str, Any]]:
        """Return everything that the message is made of."""
        return list(parts_in(self.message.components))

    def has(self, name: str) -> bool:
        """Say whether there is such a button or menu."""
        shown = [
            words
            for part in parts_in(self.message.components)
            for words in (part.get("label"), part.get("placeholder"))
        ]
        return name in shown

    async def click(self, name: str, *values: object, person: Person | None = None) -> str | None:
        """Click, or choose from a menu; return what its person is told beside the form."""
        custom_id = str(self.part(name)["custom_id"])
        who = person or self.person
        reply = await self.lobby.discord.click(self.message, custom_id, values=values, person=who)
        await self.lobby.discord.until(lambda: reply.interaction.id in self.lobby.done)
        told = [*([reply.message] if reply.kind == "message" else []), *reply.followups]
        return "\n".join(words(one) for one in told if one is not None) or None

    async def open(self, name: str) -> Modal:
        """Click on what opens a small form."""
        custom_id = str(self.part(name)["custom_id"])
        reply = await self.lobby.discord.click(self.message, custom_id, person=self.person)
        assert reply.modal is not None
        return reply.modal

    async def enter(self, modal: Modal, /, **values: object) -> str | None:
        """Send a small form; return what its person is told beside the form."""
        reply = await self.lobby.discord.submit(modal, values, person=self.person)
        await self.lobby.discord.until(lambda: reply.interaction.id in self.lobby.done)
        told = [*([reply.message] if reply.kind == "message" else []), *reply.followups]
        return "\n".join(words(one) for one in told if one is not None) or None

    async def fill(self, button: str, /, **values: object) -> None:
        """Open a small form and send it."""
        assert await self.enter(await self.open(button), **values) is None

    async def stored(self) -> PlaceSettings:
        """Return what is set for the channel by now."""
        return (await self.lobby.desk.team.settings.at(self.place))[1].settings

    async def stored_for_server(self) -> PlaceSettings:
        """Return what is set for the server by now."""
        return (await self.lobby.desk.team.settings.at(self.place))[0].settings

    @property
    def place(self) -> Place:
        """The channel in which it was opened."""
        return replace(self.lobby.place(self.message.channel), thread=None)


async def opened(lobby: Lobby, person: Person, *, workspace: bool = False) -> Form:
    """Open the form by the command."""
    options = {"workspace": True} if workspace else {}
    reply = await lobby.give("config", "edit", options, person=person)
    await lobby.outcome(reply)
    assert reply.message is not None
    return Form(lobby, person, reply.message)


def stolen(form: Form) -> Message:
    """Let the message of a form, with its tickets, be where everybody sees it."""
    return form.lobby.bot_says(form.message.components)


def with_models(lobby: Lobby, *models: ModelInfo) -> None:
    """Let there be models."""
    catalog = lobby.desk.team.catalog
    assert isinstance(catalog, FakeCatalog)
    catalog.models.update({model.name: model for model in models})

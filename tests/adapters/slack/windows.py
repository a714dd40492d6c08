"""What a person does in the bot's windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tests.fakes.shapes import Json, objects_in
from tests.fakes.slack.interactions import elements_of
from tests.fakes.slack.records import Channel, Person, View
from tests.fakes.slack.server import SlackServer


class Front(Protocol):
    """Where somebody gives commands."""

    @property
    def slack(self) -> SlackServer: ...

    async def command(
        self, text: str, *, channel: Channel | None = None, person: Person | None = None
    ) -> str | None: ...


@dataclass
class Hands:
    """A person in front of the bot's windows."""

    lobby: Front
    person: Person

    @property
    def top(self) -> View:
        """The window that the person sees."""
        return self.lobby.slack.views.top(self.person)

    @property
    def shown(self) -> str:
        """All that it says."""
        return str(self.top.blocks)

    async def open(self, words: str) -> View:
        """Open a window by a command, and wait until it is filled."""
        said = await self.lobby.command(words, person=self.person)
        assert said is None, said
        return await self.filled()

    async def filled(self) -> View:
        """Wait until the visible window is no longer empty."""
        slack = self.lobby.slack

        def is_filled() -> bool:
            stack = slack.views.stack(self.person)
            return bool(stack) and "One moment" not in str(stack[-1].blocks)

        await slack.until(is_filled)
        return self.top

    async def push(self, value: str, *, action: str = "council_part") -> View:
        """Click a button that lays a window upon this one."""
        depth = len(self.lobby.slack.views.stack(self.person))
        await self.click(value, action=action)
        views = self.lobby.slack.views
        await self.lobby.slack.until(lambda: len(views.stack(self.person)) > depth)
        return await self.filled()

    async def click(self, value: str, *, action: str = "council_part") -> None:
        """Click a button by its value."""
        block = next(b for b in self.top.blocks if holds(b, action, value))
        reply = await self.lobby.slack.click_view(
            self.top, action, person=self.person, block_id=block["block_id"], choice=value
        )
        assert reply.is_acknowledged

    async def choose(self, action: str, value: str) -> None:
        """Choose from a menu, and wait until the window has changed."""
        view, before = self.top, self.top.hash
        block = next(b for b in view.blocks if holds(b, action, value))
        reply = await self.lobby.slack.click_view(
            view, action, person=self.person, block_id=block["block_id"], choice=value
        )
        assert reply.is_acknowledged
        await self.lobby.slack.until(lambda: view.hash != before)

    async def search(self, name: str, words: str) -> list[str]:
        """Type into a search; return what it offers."""
        options = await self.lobby.slack.search(self.top, name, words, person=self.person)
        return [option["value"] for option in options]

    async def send(self, **values: object) -> Json | None:
        """Send the window with values; return the errors at its inputs."""
        view = self.top
        names = {block["block_id"].partition("~")[0]: block["block_id"] for block in view.blocks}
        given = {names[name.replace("__", ".")]: value for name, value in values.items()}
        filled = {block: {block.partition("~")[0]: value} for block, value in given.items()}
        reply = await self.lobby.slack.submit(view, filled, person=self.person)
        assert reply.is_acknowledged
        body = reply.body
        if isinstance(body, dict) and body.get("response_action") == "errors":
            return {name.partition("~")[0]: text for name, text in body["errors"].items()}
        return None


def holds(block: Json, action: str, value: str) -> bool:
    """Say whether a block offers an action with a value."""
    for element in elements_of(block):
        offered = [element, *objects_in(element.get("options"))]
        if element["action_id"] == action and any(one.get("value") == value for one in offered):
            return True
    return False

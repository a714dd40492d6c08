"""A chat in a channel of the fake Discord, without the program around it."""

from __future__ import annotations

from dataclasses import replace

from adapters.discord.chat import DiscordChat
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.http import DiscordHttp
from bot.domain import Deliberation, Place, Post
from bot.ports import Sent
from bot.reports import root_report
from tests.contracts.chat import sent_post
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.workspaces import FakePace, FakePins


class Pace(FakePace):
    """Lets every call go at once, unless a test says otherwise."""

    is_kept = False

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        if not self.is_kept:
            return 0.0
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


class Desk:
    """A chat in a channel of the fake Discord, and what it tells of."""

    def __init__(
        self, discord: DiscordServer, http: DiscordHttp, channel: Channel, ada: Person
    ) -> None:
        self.discord = discord
        self.http = http
        self.pace = Pace()
        self.api = DiscordApi(http, self.pace)
        self.channel = channel
        self.ada = ada
        self.pins = FakePins()
        self.chat = self.new_chat()

    def new_chat(self, *, most_pins: int = 20) -> DiscordChat:
        return DiscordChat(self.api, self.pins, most_pins=most_pins)

    @property
    def place(self) -> Place:
        assert self.channel.guild is not None
        return Place("discord", str(self.channel.guild.id), str(self.channel.id))

    def of(self, deliberation: Deliberation, place: Place | None = None) -> Deliberation:
        """Return a deliberation as if it had been asked here, just now."""
        where, asker_id = place or self.place, str(self.ada.id)
        question = replace(deliberation.question, place=where, asker_id=asker_id)
        return replace(deliberation, question=question)

    async def rooted(self, deliberation: Deliberation) -> Post:
        root = Post(deliberation.id, "root")
        return sent_post(root, await self.chat.post(root, root_report(deliberation)))

    def thread(self, root: Post) -> Channel:
        """Return the thread that a root message opened."""
        found = self.discord.find_channel(int(root.thread or 0))
        assert found is not None
        return found

    def shown(self, sent: Sent) -> Message:
        """Return a message in the channel or in one of its threads."""
        found = (c.find(int(sent.message_id)) for c in self.discord.channels.values())
        return next(message for message in found if message is not None)

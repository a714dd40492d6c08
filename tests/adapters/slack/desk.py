"""A chat in a channel of the fake Slack, without the program around it."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack.chat import SlackChat
from adapters.slack.people import People
from adapters.slack.wire.access import Tokens
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.http import SlackHttp
from bot.domain import Deliberation, Place, Post
from bot.ports import Sent
from bot.reports import root_report
from tests.contracts.chat import sent_post
from tests.fakes.slack.records import Channel, Message, Person
from tests.fakes.slack.server import SlackServer
from tests.fakes.workspaces import FakePace, FakePins


class Pace(FakePace):
    """Lets every call go at once, unless a test says otherwise."""

    is_kept = False

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        if not self.is_kept:
            return 0.0
        return await super().take(key, every_s=every_s, burst=burst, within_s=within_s)


class Desk:
    """A chat in a channel of the fake Slack, and what it tells of."""

    def __init__(
        self, slack: SlackServer, http: SlackHttp, tokens: Tokens, channel: Channel, kim: Person
    ) -> None:
        self.slack = slack
        self.pace = Pace()
        self.api = SlackApi(http, tokens, self.pace)
        self.channel = channel
        self.kim = kim
        self.pins = FakePins()
        self.chat = self.new_chat()

    def new_chat(self, *, most_pins: int = 20, is_broadcasting: bool = False) -> SlackChat:
        return SlackChat(
            self.api,
            People(self.api),
            self.pins,
            most_pins=most_pins,
            is_broadcasting=is_broadcasting,
        )

    @property
    def place(self) -> Place:
        return Place("slack", self.slack.workspace.team_id, self.channel.id)

    def of(self, deliberation: Deliberation) -> Deliberation:
        """Return a deliberation as if it had been asked here, just now."""
        question = replace(deliberation.question, place=self.place, asker_id=self.kim.id)
        return replace(deliberation, question=question)

    async def rooted(self, deliberation: Deliberation) -> Post:
        root = Post(deliberation.id, "root")
        return sent_post(root, await self.chat.post(root, root_report(deliberation)))

    def shown(self, sent: Sent) -> Message:
        return next(m for m in self.channel.messages if m.ts == sent.message_id)

"""The ways in: Bolt and the listeners as they are, in front of a council that never answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from adapters.slack.bolt import build
from adapters.slack.channels import Channels
from adapters.slack.desk import SlackDesk
from adapters.slack.groups import Groups
from adapters.slack.people import People
from adapters.slack.rooms import SlackRooms
from adapters.slack.routes import events_route
from adapters.slack.wire.access import OneWorkspace, examined
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.http import open_http
from adapters.slack.wire.socket import open_socket
from bot.app import App
from bot.composition.web import open_web
from bot.domain import (
    Deliberation,
    Place,
    PlaceSettings,
    Post,
    PostState,
    Question,
)
from bot.domain.events import Fact
from bot.reports import ROOT
from bot.team.asking import Asking
from tests.adapters.stage import SPEED
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.slack.methods.chat import named_blocks
from tests.fakes.slack.records import Blocks, Channel, Message, Person
from tests.fakes.slack.server import SlackServer
from tests.fakes.team import fake_team, set_in
from tests.fakes.work import FakeWork
from tests.fakes.workspaces import FakeFeedback, FakePace, FakeTickets


class Pace(FakePace):
    """The pace of a Slack whose limits refill faster."""

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        return await super().take(key, every_s=every_s / SPEED, burst=burst, within_s=within_s)


@dataclass
class Lobby:
    """A channel with a person in it, and the bot's listeners on a council that never answers."""

    slack: SlackServer
    channel: Channel
    kim: Person
    desk: SlackDesk
    records: FakeRecords
    work: FakeWork
    feedback: FakeFeedback
    removed: list[str]

    async def asked(self) -> list[Deliberation]:
        """Return what is on record, the oldest first."""
        found = await self.records.search(limit=1000)
        return [await self.records.load(head.id) for head in reversed(found)]

    async def only(self) -> Deliberation:
        """Return the one deliberation that there is."""
        (deliberation,) = await self.asked()
        assert self.work.started == [(deliberation.id, 0)]
        return deliberation

    async def cost_nothing(self) -> bool:
        """Say whether nothing was stored, started or posted."""
        posted = self.slack.count("chat.postMessage")
        return not await self.asked() and not self.work.started and not posted

    async def command(
        self, text: str, *, channel: Channel | None = None, person: Person | None = None
    ) -> str | None:
        """Give a slash command and return what the acknowledgement said."""
        reply = await self.slack.command(
            text, channel=channel or self.channel, person=person or self.kim
        )
        assert reply.is_acknowledged
        if reply.body is None:
            return None
        assert isinstance(reply.body, dict)
        assert reply.body["response_type"] == "ephemeral"
        return str(reply.body["text"])

    async def whispered(self) -> str:
        """Wait for something that is said to one person alone in a channel, and return it."""
        await self.slack.until(lambda: len(self.slack.ephemerals) > 0)
        ((_, _, payload),) = self.slack.ephemerals
        return str(payload["text"])

    async def have(
        self, text: str, *facts: Fact, channel: Channel | None = None, asker: Person | None = None
    ) -> Deliberation:
        """Let there be a deliberation whose root message is there."""
        who = asker or self.kim
        place = self.place(channel or self.channel)
        question = Question(text, place, who.name, asker_id=who.id)
        deliberation = await self.desk.app.ask(question, COUNCIL)
        message = self.bot_says([], channel=channel)
        root = Post(deliberation.id, ROOT, PostState.SENT, message.ts, message.ts)
        deliberation = await self.records.take_up(deliberation.id)
        await self.records.save(deliberation, facts, posts=[root])
        return await self.records.load(deliberation.id)

    async def set(self, settings: PlaceSettings, *, channel: Channel | None = None) -> None:
        """Let something be set for a channel, or for the workspace if none is given."""
        place = Place("slack", self.slack.workspace.team_id, "" if channel is None else channel.id)
        await set_in(self.desk.team, place, settings)

    def bot_says(
        self, blocks: Blocks, *, channel: Channel | None = None, thread_ts: str | None = None
    ) -> Message:
        """Put a message of the bot into a channel."""
        place, bot = channel or self.channel, self.slack.workspace
        return self.slack.post(
            Message(
                self.slack.stamps.ts(),
                place,
                "Council",
                named_blocks(self.slack, blocks),
                user=bot.bot_user_id,
                bot_id=bot.bot_id,
                app_id=bot.app_id,
                thread_ts=thread_ts,
            )
        )

    def place(self, channel: Channel, thread: str | None = None) -> Place:
        """Return a channel or thread as the council knows it."""
        return Place("slack", self.slack.workspace.team_id, channel.id, thread)


@asynccontextmanager
async def open_lobby(
    slack: SlackServer,
    *,
    may_answer_shared: bool = False,
    is_by_http: bool = False,
    discussion: int = 20,
) -> AsyncGenerator[Lobby]:
    """Let the bot listen, by Socket Mode or by HTTP."""
    records, removed = FakeRecords(), list[str]()
    feedback = FakeFeedback(records)

    async def remove(workspace: str) -> None:
        removed.append(workspace)
        await asyncio.sleep(0)

    async with open_http(slack.api_url) as http, FakeWork() as work:
        tokens = OneWorkspace(await examined(http, slack.workspace.bot_token))
        api = SlackApi(http, tokens, Pace())
        app = App(records=records, work=work, platforms=["slack"])
        desk = _desk(api, app, records, feedback, may_answer_shared=may_answer_shared)
        desk = replace(desk, discussion=discussion)
        secret = slack.signing_secret
        bolt = build(desk, tokens, http, signing_secret=secret, on_removal=remove)
        kim = slack.add_person("kim")
        channel = slack.add_channel("general", members=[kim])
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(desk.errands)
            if is_by_http:
                web = open_web([events_route(bolt)], "127.0.0.1", 0)
                port = await stack.enter_async_context(web)
                slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            else:
                await stack.enter_async_context(open_socket(bolt, http, slack.app_token))
            yield Lobby(slack, channel, kim, desk, records, work, feedback, removed)


def _desk(
    api: SlackApi,
    app: App,
    records: FakeRecords,
    feedback: FakeFeedback,
    *,
    may_answer_shared: bool,
) -> SlackDesk:
    people = People(api)
    groups, channels = Groups(api, people), Channels(api, may_answer_shared=may_answer_shared)
    return SlackDesk(
        app=app,
        api=api,
        people=people,
        groups=groups,
        channels=channels,
        outbox=FakeOutbox(records),
        feedback=feedback,
        tickets=FakeTickets(),
        asking=Asking(app, fake_team(COUNCIL, records)),
        rooms=SlackRooms(api, people, groups, channels),
    )

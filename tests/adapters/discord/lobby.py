"""The ways in: all of the adapter as it is, in front of a council that never answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from adapters.discord.deliveries import Deliveries
from adapters.discord.desk import DiscordDesk
from adapters.discord.membership import Membership
from adapters.discord.rooms import DiscordRooms
from adapters.discord.setup.commands import sync
from adapters.discord.thread import conclusion, root
from adapters.discord.thread.components import Component, button, row, sign
from adapters.discord.wire.api import DiscordApi
from adapters.discord.wire.gateway import Listeners, open_gateway
from adapters.discord.wire.http import open_http
from adapters.discord.wire.shard import Tempo
from bot.app import App
from bot.domain import Deliberation, Place, Post, PostState, Question
from bot.domain.events import Fact
from bot.ports import Archive
from bot.reports import ROOT
from bot.team.asking import Asking
from tests.adapters.stage import SPEED
from tests.fakes.council import COUNCIL
from tests.fakes.discord.composing import number_components
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.library import Interaction as Delivered
from tests.fakes.discord.library import Message as Heard
from tests.fakes.discord.mentions import texts_in
from tests.fakes.discord.payloads import wire_of_interaction
from tests.fakes.discord.records import Channel, File, Interaction, Message, Modal, Person
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Event, Reply
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork
from tests.fakes.workspaces import FakeFeedback, FakePace, FakeTickets

STOP, FOLLOW_UP, REVIEWS, GOOD, BAD = "Stop", "Ask a follow-up", "Show all reviews", "👍", "👎"
FAST = Tempo(again_after_s=0.02)


class Pace(FakePace):
    """The pace of a Discord whose limits refill faster."""

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        return await super().take(key, every_s=every_s / SPEED, burst=burst, within_s=within_s)


@dataclass
class Lobby:
    """A channel with a person in it, and the bot's listeners on a council that never answers.

    `done` holds the ids of the interactions and messages that the bot is through with, `told` what
    its operator hears.
    """

    discord: DiscordServer
    pace: Pace
    desk: DiscordDesk
    records: FakeRecords
    work: FakeWork
    feedback: FakeFeedback
    channel: Channel
    ada: Person
    done: list[int] = field(default_factory=list[int])
    told: list[str] = field(default_factory=list[str])

    async def asked(self) -> list[Deliberation]:
        """Return what is on record, the oldest first."""
        found = await self.records.search(limit=1000)
        return [await self.records.load(head.id) for head in reversed(found)]

    async def only(self) -> Question:
        """Return the question of the one deliberation that there is."""
        (deliberation,) = await self.asked()
        assert self.work.started == [(deliberation.id, 0)]
        return deliberation.question

    async def cost_nothing(self) -> bool:
        """Say whether nothing was stored or started."""
        return not await self.asked() and not self.work.started

    async def command(
        self,
        *rest: str | Mapping[str, object],
        channel: Channel | None = None,
        person: Person | None = None,
    ) -> str | None:
        """Give `/council …` and return what its person was told in the end."""
        reply = await self.give(*rest, channel=channel, person=person)
        return await self.outcome(reply)

    async def give(
        self,
        *rest: str | Mapping[str, object],
        channel: Channel | None = None,
        person: Person | None = None,
    ) -> Reply:
        """Give `/council …` and return how it was acknowledged."""
        return await self.discord.command(
            "council", *rest, channel=channel or self.channel, person=person or self.ada
        )

    async def ask(self, text: str, channel: Channel | None = None) -> str | None:
        """Ask by the command and return what its person was told in the end."""
        return await self.command("ask", {"question": text}, channel=channel)

    async def click(self, message: Message, name: str, person: Person | None = None) -> str | None:
        """Click a button and return what its person was told in the end."""
        reply = await self.discord.click(message, name, person=person or self.ada)
        return await self.outcome(reply)

    async def opened(self, message: Message, person: Person | None = None) -> Modal:
        """Open the form about a message."""
        reply = await self.discord.message_command(
            "Ask the council", message, person=person or self.ada
        )
        assert reply.modal is not None
        return reply.modal

    async def submit(self, form: Modal, text: str = "", person: Person | None = None) -> str | None:
        """Send a form and return what its person was told in the end."""
        values = {"question": text} if text else {}
        reply = await self.discord.submit(form, values, person=person or form.person)
        return await self.outcome(reply)

    async def outcome(self, reply: Reply) -> str | None:
        """Wait until the bot is through with an interaction; return what its person was told."""
        assert reply.is_acknowledged
        await self.discord.until(lambda: reply.interaction.id in self.done)
        said = [reply.message, *reply.followups]
        shown = [one for one in said if one and one.is_ephemeral and not one.is_deleted]
        assert all(one.person is reply.interaction.person for one in shown)
        assert not any(Flag.LOADING in one.flags for one in shown)
        return "\n".join(map(words, shown)) or None

    async def mention(
        self,
        text: str,
        *,
        channel: Channel | None = None,
        person: Person | None = None,
        reply_to: Message | None = None,
        files: tuple[File, ...] = (),
    ) -> str | None:
        """Mention the bot and return what it replied."""
        place, author = channel or self.channel, person or self.ada
        message = await self.discord.mention(
            text, channel=place, person=author, reply_to=reply_to, files=files
        )
        return await self.heard(message)

    async def heard(self, message: Message) -> str | None:
        """Wait until the bot is through with a message; return what it replied, there or alone."""
        await self.discord.until(lambda: message.id in self.done)
        places = (message.channel, self.discord.direct(message.author))
        said = {one.id: one for place in places for one in place.shown if one.id > message.id}
        replies = [one for one in said.values() if one.author is self.discord.bot]
        assert len(replies) <= 1
        return words(replies[0]) if replies else None

    async def have(
        self, text: str, *facts: Fact, channel: Channel | None = None, asker: Person | None = None
    ) -> Deliberation:
        """Let there be a deliberation whose root message is there, with its thread."""
        who, place = asker or self.ada, channel or self.channel
        question = Question(text, self.place(place), who.name, asker_id=str(who.id))
        deliberation = await self.desk.app.ask(question, COUNCIL)
        message = self.bot_says([], channel=place)
        thread = place
        if place.guild is not None and not place.is_thread:
            thread = self.discord.new_thread(place, text, self.discord.bot)
            self.discord.open_thread_from(message, thread)
        post = Post(deliberation.id, ROOT, PostState.SENT, str(message.id), str(thread.id))
        deliberation = await self.records.take_up(deliberation.id)
        await self.records.save(deliberation, facts, posts=[post])
        return await self.records.load(deliberation.id)

    def with_buttons(self, value: str, *, channel: Channel | None = None) -> Message:
        """Let the bot have said something with all its buttons."""
        some = row(
            button(STOP, root.STOP, value),
            button(FOLLOW_UP, conclusion.FOLLOW_UP, value),
            button(REVIEWS, conclusion.REVIEWS, value),
            sign(GOOD, conclusion.GOOD, value),
            sign(BAD, conclusion.BAD, value),
        )
        return self.bot_says([some], channel=channel)

    def bot_says(self, components: list[Component], *, channel: Channel | None = None) -> Message:
        """Put a message of the bot into a channel."""
        message = self.discord.new_message(channel or self.channel, self.discord.bot)
        message.flags |= Flag.IS_COMPONENTS_V2
        message.components = components
        number_components(message.components)
        return self.discord.post(message)

    def place(self, channel: Channel, thread: Channel | None = None) -> Place:
        """Return a channel or thread as the council knows it."""
        here = str(channel.id)
        if channel.guild is None:
            return Place("discord", "@me", here, here)
        inside = None if thread is None else str(thread.id)
        return Place("discord", str(channel.guild.id), here, inside)


def deliver(discord: DiscordServer, interaction: Interaction, times: int) -> None:
    """Deliver an interaction again, as often as that."""
    payload = wire_of_interaction(discord, interaction)
    for _ in range(times):
        discord.emit(Event("INTERACTION_CREATE", payload, interaction.channel.guild))


def words(message: Message) -> str:
    """Return all that a message says, without the words on its buttons."""
    shown = {"content": message.content, "components": message.components}
    return "\n".join(text for text in texts_in(shown) if text)


@asynccontextmanager
async def open_lobby(
    discord: DiscordServer, *, beside: Lobby | None = None, archive: Archive | None = None
) -> AsyncGenerator[Lobby]:
    """Let the bot listen; `beside` another process of it that works on the same database."""
    records = FakeRecords() if beside is None else beside.records
    pace = Pace() if beside is None else beside.pace
    feedback, outbox = FakeFeedback(records), FakeOutbox(records)
    async with FakeWork() as work, open_http(discord.token, discord.api_url) as http:
        api = DiscordApi(http, pace)
        app = App(records=records, work=work, platforms=["discord"])
        team = fake_team(COUNCIL, records)
        desk = DiscordDesk(
            app=app,
            api=api,
            outbox=outbox,
            feedback=feedback,
            tickets=FakeTickets(),
            rooms=DiscordRooms(api),
            asking=Asking(app, replace(team, archive=archive or team.archive)),
        )
        channel, ada = discord.add_channel("general"), discord.add_person("Ada")
        lobby = Lobby(discord, pace, desk, records, work, feedback, channel, ada)
        await sync(api, http.identity.application)
        listeners = _listeners(lobby)
        gateway = open_gateway(http, pace, listeners, lobby.told.append, tempo=FAST)
        async with desk.errands, gateway:
            yield lobby


def _listeners(lobby: Lobby) -> Listeners:
    deliveries = Deliveries(lobby.desk)

    async def on_interaction(interaction: Delivered) -> None:
        await _through(lobby, interaction.id, deliveries.on_interaction(interaction))

    async def on_message(message: Heard) -> None:
        await _through(lobby, message.id, deliveries.on_message(message))

    membership = Membership(lobby.desk.team.archive)
    return Listeners(on_interaction, on_message, membership.here, membership.left)


async def _through(lobby: Lobby, number: int, taking: Awaitable[None]) -> None:
    try:
        await taking
    finally:
        lobby.done.append(number)
        lobby.discord.changed()

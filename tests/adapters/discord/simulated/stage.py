"""The listeners and the chat on simcord, a second model of Discord that others wrote.

It runs in this process, in place of discord.py's HTTP client and gateway, with a clock of its own.
Here is what it has in common with `tests.fakes.discord`, which has the depth. It lacks, and so do
these tests: nonces, rate limits, lost answers, links that end, the error for a thread that is there
already, threads that nobody may write in, the message that opens a thread from its first one, and
people who open threads, which are put into its backend instead. It asks for Manage Messages where
Discord asks for Pin Messages, and tells a bot nothing of its own new roles.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor, ResponseMessage
from simcord.backend.models import Message, Overwrite
from simcord.enums import OverwriteType

from adapters.discord.chat import DiscordChat
from adapters.discord.deliveries import Deliveries
from adapters.discord.desk import DiscordDesk
from adapters.discord.setup.commands import sync
from adapters.discord.thread import conclusion, root
from adapters.discord.thread.components import button, row, sign, text
from adapters.discord.wire.api import DiscordApi
from bot.app import App
from bot.domain import Deliberation, Place, Post, PostState, Question
from bot.domain.events import Fact
from bot.reports import ROOT
from bot.team.asking import Asking
from tests.adapters.discord.desk import Pace
from tests.adapters.discord.lobby import BAD, FOLLOW_UP, GOOD, REVIEWS, STOP
from tests.adapters.discord.simulated.process import Ear, http_of, new_shard
from tests.fakes.council import COUNCIL
from tests.fakes.discord.kinds import Flag
from tests.fakes.discord.library import Message as Heard
from tests.fakes.discord.mentions import texts_in
from tests.fakes.records import FakeOutbox, FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.work import FakeWork
from tests.fakes.workspaces import FakeFeedback, FakePins, FakeTickets


@dataclass
class Stage:
    """A channel with a person in it, and one process of the bot after the other."""

    env: Env
    ear: Ear
    files: aiohttp.ClientSession
    work: FakeWork
    guild: GuildHandle
    channel: ChannelHandle
    ada: MemberActor
    records: FakeRecords = field(default_factory=FakeRecords)
    tickets: FakeTickets = field(default_factory=FakeTickets)
    pins: FakePins = field(default_factory=FakePins)

    def __post_init__(self) -> None:
        self.feedback = FakeFeedback(self.records)
        self.team = fake_team(COUNCIL, self.records)
        self.begin()

    def begin(self) -> None:
        """Begin to listen with a shard that is logged in."""
        http = http_of(self.env, self.files, can_read=self.ear.can_read)
        self.identity = http.identity
        self.api = DiscordApi(http, Pace())
        self.chat = DiscordChat(self.api, self.pins)
        app = App(records=self.records, work=self.work, platforms=["discord"])
        self.desk = DiscordDesk(
            app=app,
            api=self.api,
            outbox=FakeOutbox(self.records),
            feedback=self.feedback,
            tickets=self.tickets,
            asking=Asking(app, self.team),
        )
        self.ear.listen(self.env, Deliveries(self.desk))

    async def restart(self) -> None:
        """End the process, and begin another on the same database."""
        await self.env.restart_bot(new_shard(self.files, self.ear))
        self.begin()

    # What is on record.

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

    async def have(
        self,
        text: str,
        *facts: Fact,
        place: Place | None = None,
        thread: ChannelHandle | None = None,
    ) -> Deliberation:
        """Let Ada's question be on record with what has happened since, and the thread it got."""
        where = place or self.place(self.channel)
        asked = Question(text, where, "Ada", asker_id=str(self.ada.id))
        deliberation = await self.desk.app.ask(asked, COUNCIL)
        deliberation = await self.records.take_up(deliberation.id)
        opened = [] if thread is None else [_opened(deliberation, thread)]
        await self.records.save(deliberation, facts, posts=opened)
        return await self.records.load(deliberation.id)

    def place(self, channel: ChannelHandle, thread: ChannelHandle | None = None) -> Place:
        """Return a channel or thread as the council knows it."""
        here = str(channel.id)
        if channel.guild is None:
            return Place("discord", "@me", here, here)
        inside = None if thread is None else str(thread.id)
        return Place("discord", str(self.guild.id), here, inside)

    # What is in Discord.

    @property
    def mention(self) -> str:
        """The bot, as it is mentioned."""
        return f"<@{self.identity.user}>"

    def person(self, name: str, *, rights: int = 0) -> MemberActor:
        """Add somebody with rights beyond those of everybody."""
        role = self.guild.create_role(name)
        self.env.backend.edit_role(self.guild.id, role.id, {"permissions": rights})
        return self.guild.add_member(self.env.create_user(name, global_name=name), roles=[role])

    def thread(self, name: str, parent: ChannelHandle | None = None) -> ChannelHandle:
        """Let Ada have opened a thread, or a post in a forum; it is empty."""
        around, backend = parent or self.channel, self.env.backend
        thread = backend.create_thread(around.id, name, self.ada.id, broadcast=False)
        backend.announce_thread_create(thread)
        return self.handle(thread.id)

    def handle(self, number: int | str | None) -> ChannelHandle:
        """Return a channel or thread by its id."""
        return ChannelHandle(self.env, self.guild, self.env.backend.get_channel(int(number or 0)))

    def stored(self, channel: int | str | None, message: int | str | None) -> Message:
        """Return a message as simcord keeps it."""
        return self.env.backend.get_message(int(channel or 0), int(message or 0))

    def deny(self, right: int, channel: ChannelHandle | None = None) -> None:
        """Take rights from the bot in a channel, and give all others back."""
        user = int(self.identity.user)
        overwrite = Overwrite(user, OverwriteType.MEMBER, 0, right)
        self.env.backend.set_overwrite((channel or self.channel).id, overwrite)

    def with_buttons(self, value: str, channel: ChannelHandle | None = None) -> Heard:
        """Let the bot have said something, with all its buttons."""
        some = row(
            button(STOP, root.STOP, value),
            button(FOLLOW_UP, conclusion.FOLLOW_UP, value),
            button(REVIEWS, conclusion.REVIEWS, value),
            sign(GOOD, conclusion.GOOD, value),
            sign(BAD, conclusion.BAD, value),
        )
        place, user = channel or self.channel, int(self.identity.user)
        flags = int(Flag.IS_COMPONENTS_V2)
        self.env.backend.create_message(
            place.id, user, components=[text("It is 42."), some], flags=flags
        )
        message = place.last_message
        assert message is not None
        return message

    def deliver_again(self, event: str) -> None:
        """Let Discord tell once more what it told last under that name."""
        log = self.env.backend.transcript
        told = next(
            what for kind, name, what in reversed(log) if (kind, name) == ("GATEWAY", event)
        )
        self.env.backend.emit(event, told)

    def calls(self, method: str, path: str) -> int:
        """Count the calls of a method whose path begins so."""
        log = self.env.http_requests
        return sum(one.method == method and one.path.startswith(path) for one in log)

    def reply(self, said: Heard) -> str | None:
        """Return what the bot replied to a message, there or to its author alone."""
        direct = self.env.backend.get_dm_channel(said.author.id)
        later = [
            one
            for channel in {said.channel.id, direct.id}
            for one in self.env.backend.messages[channel].values()
            if one.id > said.id and str(one.author_id) == self.identity.user
            if not one.is_ephemeral
        ]
        assert len(later) <= 1
        return words(later[0]) if later else None


def told(result: InteractionResult) -> str | None:
    """Return what the person behind an interaction was told in the end, and nobody else."""
    assert result.acknowledged
    said = [one for one in (result.response, *result.followups) if one is not None]
    shown = [one for one in said if one.ephemeral]
    assert not any(one.flags.loading for one in shown)
    return "\n".join(words(one) for one in shown) or None


def words(message: Message | ResponseMessage) -> str:
    """Return all that a message says, without the words on its buttons."""
    shown = {"content": message.content, "components": message.components}
    return "\n".join(text for text in texts_in(shown) if text)


@asynccontextmanager
async def open_stage(*, can_read: bool = True) -> AsyncGenerator[Stage]:
    """Let the bot listen on simcord, and perhaps read what does not mention it."""
    ear = Ear(can_read=can_read)
    # What is asked is done at once, since simcord waits for all that the bot began.
    async with FakeWork(_nothing) as work, aiohttp.ClientSession() as files:
        env = Env(new_shard(files, ear), approved_intents=ear.intents)
        await env.start()
        try:
            guild = env.create_guild()
            channel = guild.create_text_channel("general")
            ada = guild.add_member(env.create_user("ada", global_name="Ada"))
            stage = Stage(env, ear, files, work, guild, channel, ada)
            await sync(stage.api, stage.identity.application)
            yield stage
        finally:
            await env.shutdown()
        env.raise_errors()


def _opened(deliberation: Deliberation, thread: ChannelHandle) -> Post:
    return Post(deliberation.id, ROOT, PostState.SENT, str(thread.id), str(thread.id))


async def _nothing(_deliberation_id: str) -> None:
    return

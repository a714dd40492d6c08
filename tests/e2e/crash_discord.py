"""A fake Discord where services die."""

from __future__ import annotations

from collections.abc import Mapping

from tests.adapters.discord.office import shown
from tests.adapters.stage import SPEED
from tests.e2e.crash_server import port_of
from tests.e2e.crash_site import Point, Seen, Shown, Stage, Strike
from tests.fakes.discord import faults
from tests.fakes.discord.intents import Intent
from tests.fakes.discord.records import Channel, Message
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.traffic import Call, Reply

CREATE, THREAD = "POST /channels/{id}/messages", "POST /channels/{id}/messages/{id}/threads"
EDIT, PIN = "PATCH /channels/{id}/messages/{id}", "PUT /channels/{id}/messages/pins/{id}"
READ = "GET /channels/{id}/messages"
STAGES = {
    Stage.RECEIVED: faults.lost_before_effect(),
    Stage.DONE: faults.lost_after_effect(),
    Stage.ANSWERED: faults.slow(0.0),
}
# What Discord answers to whoever repeats what a dead process had done: there is a thread already,
# somebody has answered already, who was to answer is gone.
_AFTER_A_DEATH = {160004, 40060, 10062, 10015}


class DiscordSite:
    """Implements `tests.e2e.crash_site.Site`."""

    def __init__(self, discord: DiscordServer, *, is_blind: bool = False) -> None:
        discord.expected_errors |= _AFTER_A_DEATH
        discord.allowed_intents = Intent.MESSAGE_CONTENT
        discord.identify_interval_s = 0.0
        self.discord = discord
        self.is_blind = is_blind
        self._channels: dict[str, Channel] = {}
        self._replies: dict[str, Reply] = {}
        self.disarm()

    @property
    def settings(self) -> Mapping[str, str]:
        """What a service is told to find it."""
        return {
            "COUNCIL_DISCORD_API_URL": self.discord.api_url,
            "COUNCIL_DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "DISCORD_TOKEN": self.discord.token,
        }

    @property
    def calls(self) -> Mapping[str, int]:
        """The kinds of calls that a thread takes, and how many of each about."""
        return {CREATE: 11, THREAD: 1, EDIT: 4, PIN: 1}

    async def ask(self, question: str, *, by_mention: bool = False) -> None:
        """Ask in a new channel, and return when it was answered or Discord has given up."""
        number = len(self._channels)
        channel = self._channels[question] = self.discord.add_channel(f"c{number}")
        person = self.discord.add_person(f"p{number}")  # nobody may ask too much
        if by_mention:
            await self.discord.mention(question, channel=channel, person=person)
            return
        await self.discord.until(lambda: bool(self.discord.commands), patience_s=30)
        self._replies[question] = await self.discord.command(
            "council", "ask", {"question": question}, channel=channel, person=person
        )

    def is_promised(self, question: str) -> bool:
        """Say whether the bot took back that it thinks: until then nothing is promised."""
        reply = self._replies.get(question)
        if reply is None or not reply.is_acknowledged:
            return False
        message = reply.message
        return message is not None and message.is_deleted

    def is_settled(self, question: str) -> bool:
        """Say that Discord delivers nothing twice."""
        return question in self._channels

    def arm(self, question: str, point: Point, strike: Strike) -> None:
        """Strike who makes the call at this point."""
        channel = self._channels[question]

        def is_here(call: Call) -> bool:
            room = self.discord.find_channel(int(call.path.split("/")[2]))
            return room is not None and channel in (room, room.parent)

        self.discord.faults.add(
            point.call,
            STAGES[point.stage],
            skip=point.number - 1,
            when=is_here,
            then=lambda request: strike(port_of(request)),
        )

    def disarm(self) -> None:
        """Strike nobody any more."""
        self.discord.faults.clear()
        if self.is_blind:
            self.discord.faults.add(READ, faults.error(50001), times=None)

    def look(self, question: str) -> Seen:
        """Look at what there is."""
        channel = self._channels[question]
        rooms = [r for r in self.discord.channels.values() if channel in (r, r.parent)]
        ours = [message for room in rooms for message in room.shown if self._is_ours(message)]
        return Seen(
            tuple(Shown(str(m.id), _key(m), "writes the final" in shown(m)) for m in ours),
            tuple(str(pin.id) for room in rooms for pin in room.pins),
            any("Read the final answer" in shown(m) for m in ours),
        )

    def last_said(self, question: str) -> Message:
        """Return the message by which somebody asked."""
        messages = self._channels[question].messages
        return next(one for one in reversed(messages) if question in one.content)

    def complaints(self) -> list[str]:
        """Return, once, what broke Discord's rules."""
        found = self.discord.unexpected_violations()
        self.discord.violations.clear()
        return found

    def _is_ours(self, message: Message) -> bool:
        # A reply in plain words, such as that a question waits for its turn, is no post.
        is_post = not message.is_system and bool(message.components)
        return is_post and message.author is self.discord.bot and message.person is None


def open_discord() -> DiscordServer:
    """Return a Discord whose limits reset faster."""
    return DiscordServer(speed=SPEED)


def _key(message: Message) -> str:
    return str(message.components[0]["id"])

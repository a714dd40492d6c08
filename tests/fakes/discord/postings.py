"""What happens to messages, and how the app hears of it."""

from __future__ import annotations

from tests.fakes.discord.clock import iso
from tests.fakes.discord.kinds import Flag, MessageType
from tests.fakes.discord.message_wire import told, wire_of_message
from tests.fakes.discord.population import Population
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.discord.traffic import Event
from tests.fakes.discord.wire import wire_of_member
from tests.fakes.shapes import Json


class Postings(Population):
    """Messages come, change and go; the permissions were looked at before."""

    def new_message(self, channel: Channel, author: Person, content: str = "") -> Message:
        """Make a message that is nowhere yet."""
        return Message(self.stamps.id(), channel, author, self.clock.now_s(), content)

    def post(self, message: Message) -> Message:
        """Put a message into its channel; an ephemeral one goes to its person alone."""
        if message.is_ephemeral:
            self.ephemerals.append(message)
            self.changed()
            return message
        channel = message.channel
        channel.messages.append(message)
        for file in message.attachments:
            file.channel_id = channel.id
        if channel.is_thread and not message.is_system:
            channel.thread_members.setdefault(message.author.id, self.clock.now_s())
        self.tell("MESSAGE_CREATE", message)
        return message

    def rewritten(self, message: Message, *, is_edit: bool = True) -> None:
        """Remember and tell what a message has become."""
        if is_edit:
            message.edited_at_s = self.clock.now_s()
        message.remember()
        if message.is_ephemeral:
            self.changed()
        else:
            self.tell("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Take a message away, its pin with it; a thread that began with it stays."""
        message.is_deleted = True
        if not message.is_ephemeral:
            payload: Json = {"id": str(message.id), **_place(message.channel)}
            self._emit_in(message.channel, "MESSAGE_DELETE", payload)
        self.changed()

    def pin(self, message: Message, person: Person) -> None:
        """Pin a message, which is said in the channel."""
        message.pinned_at_s = self.clock.now_s()
        self._tell_pins(message)
        note = self.new_message(message.channel, person)
        note.type = MessageType.PIN
        note.reference = reference_to(message)
        self.post(note)

    def unpin(self, message: Message) -> None:
        """Take a pin away."""
        message.pinned_at_s = None
        self._tell_pins(message)

    def react(self, message: Message, emoji: str, person: Person) -> None:
        """Add somebody's reaction."""
        people = message.reactions.setdefault(emoji, [])
        if person.id not in people:
            people.append(person.id)
            self._tell_reaction("MESSAGE_REACTION_ADD", message, emoji, person)

    def unreact(self, message: Message, emoji: str, person: Person) -> None:
        """Take somebody's reaction away."""
        people = message.reactions.get(emoji, [])
        if person.id in people:
            people.remove(person.id)
            self._tell_reaction("MESSAGE_REACTION_REMOVE", message, emoji, person)
        if not people:
            message.reactions.pop(emoji, None)

    def type_in(self, channel: Channel, person: Person) -> None:
        """Show that somebody types."""
        if person is self.bot:
            self.typing.append(channel)
        at_s = int(self.clock.now_s())
        payload: Json = {"user_id": str(person.id), "timestamp": at_s, **_place(channel)}
        self._emit_in(channel, "TYPING_START", payload)

    def tell(self, event: str, message: Message) -> None:
        """Tell of a message as it stands."""
        payload = told(wire_of_message(message, self.bot), message)
        if event != "MESSAGE_CREATE":
            payload.pop("nonce", None)
        place = message.channel
        self.emit(Event(event, payload, place.guild, place, message))

    def _tell_pins(self, message: Message) -> None:
        last = message.channel.pins[-1].pinned_at_s if message.channel.pins else None
        stamp = iso(last) if last is not None else None
        payload: Json = {"last_pin_timestamp": stamp, **_place(message.channel)}
        self._emit_in(message.channel, "CHANNEL_PINS_UPDATE", payload)
        self.tell("MESSAGE_UPDATE", message)

    def _tell_reaction(self, event: str, message: Message, emoji: str, person: Person) -> None:
        payload: Json = {
            "user_id": str(person.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
            **_place(message.channel),
        }
        guild = message.channel.guild
        if guild is not None and event.endswith("ADD"):
            payload["member"] = wire_of_member(guild.members[person.id])
        self._emit_in(message.channel, event, payload)

    def _emit_in(self, channel: Channel, event: str, payload: Json) -> None:
        self.emit(Event(event, payload, channel.guild, channel))


def reference_to(message: Message) -> Json:
    """Point at a message."""
    return {"type": 0, "message_id": str(message.id), **_place(message.channel)}


def is_loading(message: Message) -> bool:
    """Tell whether a message still says that the app is thinking."""
    return Flag.LOADING in message.flags


def _place(channel: Channel) -> Json:
    place: Json = {"channel_id": str(channel.id)}
    return place if channel.guild is None else {**place, "guild_id": str(channel.guild.id)}

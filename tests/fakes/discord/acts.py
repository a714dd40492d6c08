"""What people do in Discord, and how the app answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence

from tests.fakes.discord.access import can_see, can_send, permissions_of
from tests.fakes.discord.administration import Administration
from tests.fakes.discord.choices import filled, find_part, used
from tests.fakes.discord.command_rules import CommandType
from tests.fakes.discord.kinds import InteractionType, MessageType
from tests.fakes.discord.offers import Typed, find_command, type_command, type_partly
from tests.fakes.discord.payloads import resolve, resolve_message, wire_of_interaction
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.pings import pinged
from tests.fakes.discord.postings import reference_to
from tests.fakes.discord.records import Channel, File, Interaction, Message, Modal, Person
from tests.fakes.discord.traffic import Event, Reply
from tests.fakes.shapes import Json

Values = Mapping[str, object]


class Acts(Administration):
    """Everything that a person can do. An act gives the app's reply to its interaction.

    What Discord's client would not let them do is an AssertionError.
    """

    async def command(
        self, name: str, *rest: str | Values, channel: Channel, person: Person
    ) -> Reply:
        """Give a slash command: its name, those of sub-commands, and last the options' values.

        Values are of the option's type: text, numbers, a Person, a Role, a Channel, a File.
        """
        words, values = _split(rest)
        command = find_command(self, name, CommandType.CHAT_INPUT, channel, person)
        for file in values.values():
            if isinstance(file, File):
                file.is_ephemeral, file.channel_id = True, channel.id
        typed = type_command(command, words, values, channel)
        return await self._use_command(typed, channel, person)

    async def autocomplete(
        self, name: str, *rest: str | Values, focused: str, channel: Channel, person: Person
    ) -> Reply:
        """Type a command up to an option that suggests: the reply's `choices`."""
        words, values = _split(rest)
        command = find_command(self, name, CommandType.CHAT_INPUT, channel, person)
        typed = type_partly(command, words, values, focused)
        return await self._interact(InteractionType.AUTOCOMPLETE, typed.data, channel, person)

    async def message_command(self, name: str, message: Message, *, person: Person) -> Reply:
        """Use a command in a message's menu."""
        channel = message.channel
        command = find_command(self, name, CommandType.MESSAGE, channel, person)
        data: Json = {"id": command["id"], "name": name, "type": command["type"]}
        data |= {"target_id": str(message.id), "resolved": resolve_message(message, self.bot)}
        return await self._use_command(Typed(data, name), channel, person)

    async def user_command(
        self, name: str, target: Person, *, channel: Channel, person: Person
    ) -> Reply:
        """Use a command in a person's menu."""
        command = find_command(self, name, CommandType.USER, channel, person)
        data: Json = {"id": command["id"], "name": name, "type": command["type"]}
        data |= {"target_id": str(target.id), "resolved": resolve(channel, target)}
        return await self._use_command(Typed(data, name), channel, person)

    async def click(
        self, message: Message, name: str, *, person: Person, values: Sequence[object] = ()
    ) -> Reply:
        """Click a button, or choose from a menu, by its custom_id or by what is on it."""
        assert not message.is_deleted, "the message is gone"
        assert message.person in (None, person), "only its person sees an ephemeral message"
        channel = message.channel
        assert can_see(person, channel), f"{person.name} does not see the channel"
        data = used(find_part(message, name), values, channel)
        kind = InteractionType.COMPONENT
        return await self._interact(kind, data, channel, person, source=message)

    async def submit(self, modal: Modal, values: Values, *, person: Person) -> Reply:
        """Submit a form with values by custom_id; it closes when the app has answered."""
        assert modal.is_open, "the form is closed"
        assert modal.person is person, "the form was opened for somebody else"
        before = modal.interaction
        data = filled(modal, values, before.channel)
        kind = InteractionType.MODAL_SUBMIT
        reply = await self._interact(kind, data, before.channel, person, source=before.source)
        modal.is_open = not reply.is_acknowledged
        self.changed()
        return reply

    async def say(
        self,
        text: str,
        *,
        channel: Channel,
        person: Person,
        reply_to: Message | None = None,
        files: Iterable[File] = (),
    ) -> Message:
        """Say something; a reply pings. It unarchives a thread."""
        assert can_send(person, channel), f"{person.name} may not write there"
        may_moderate = Permission.MANAGE_THREADS in permissions_of(person, channel)
        assert may_moderate or not channel.is_locked, "the thread is locked"
        if channel.is_archived:
            self.change_thread(channel, is_archived=False)
        message = self.new_message(channel, person, text)
        message.attachments = list(files)
        if reply_to is not None:
            message.type, message.replied_to = MessageType.REPLY, reply_to
            message.reference = reference_to(reply_to)
        message.mentions = pinged([text], person, channel, replied_to=reply_to)
        return self.post(message)

    async def mention(
        self,
        text: str,
        *,
        channel: Channel,
        person: Person,
        reply_to: Message | None = None,
        files: Iterable[File] = (),
    ) -> Message:
        """Say `@bot text`."""
        words = f"{self.bot.mention} {text}"
        return await self.say(words, channel=channel, person=person, reply_to=reply_to, files=files)

    async def edit(self, message: Message, text: str) -> None:
        """Change what a person has said."""
        message.content = text
        message.mentions = pinged(
            [text], message.author, message.channel, replied_to=message.replied_to
        )
        self.rewritten(message)

    async def start_thread(
        self,
        name: str,
        *,
        person: Person,
        message: Message | None = None,
        channel: Channel | None = None,
        text: str = "",
    ) -> Channel:
        """Start a thread from a message, or without one; in a forum a post, which needs a text."""
        place = message.channel if message is not None else channel
        assert place is not None, "a thread starts from a message or in a channel"
        needed = Permission.SEND_MESSAGES if place.is_forum else Permission.CREATE_PUBLIC_THREADS
        assert needed in permissions_of(person, place), f"{person.name} may not start a thread"
        thread = self.new_thread(place, name, person)
        if message is not None:
            return self.open_thread_from(message, thread)
        self.open_thread(thread)
        if place.is_forum:
            assert text, "a post in a forum has a text"
            first = Message(thread.id, thread, person, self.clock.now_s(), text)
            first.mentions = pinged([text], person, thread)
            self.post(first)
        else:
            self.announce_thread(thread)
        return thread

    async def _use_command(self, typed: Typed, channel: Channel, person: Person) -> Reply:
        kind = InteractionType.COMMAND
        return await self._interact(kind, typed.data, channel, person, name=typed.name)

    async def _interact(
        self,
        kind: InteractionType,
        data: Json,
        channel: Channel,
        person: Person,
        *,
        source: Message | None = None,
        name: str | None = None,
    ) -> Reply:
        token = secrets.token_urlsafe(72)
        began_s = self.clock.now_s()
        interaction = Interaction(
            self.stamps.id(), token, kind, person, channel, data, began_s, source, name
        )
        self.interactions.append(interaction)
        payload = wire_of_interaction(self, interaction)
        self.emit(Event("INTERACTION_CREATE", payload, channel.guild))
        try:
            async with asyncio.timeout(self.ack_deadline_s):
                await interaction.answered.wait()
        except TimeoutError:
            return Reply(interaction, is_acknowledged=False, kind="", elapsed_s=self.ack_deadline_s)
        elapsed_s = (interaction.answered_at_s or began_s) - began_s
        kind_of_reply = interaction.response
        return Reply(interaction, is_acknowledged=True, kind=kind_of_reply, elapsed_s=elapsed_s)


def _split(rest: tuple[str | Values, ...]) -> tuple[list[str], Values]:
    words = [word for word in rest if isinstance(word, str)]
    values = [value for value in rest if not isinstance(value, str)]
    assert len(values) <= 1, "the options are one mapping"
    return words, values[0] if values else {}

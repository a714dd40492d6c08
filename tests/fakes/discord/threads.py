"""What happens to threads and channels, and how the app hears of it."""

from __future__ import annotations

from tests.fakes.discord.intents import Intent
from tests.fakes.discord.kinds import Flag, Kind, MessageType
from tests.fakes.discord.postings import Postings, reference_to
from tests.fakes.discord.records import Channel, Message, Person
from tests.fakes.discord.traffic import Event
from tests.fakes.discord.wire import wire_of_channel, wire_of_thread_member
from tests.fakes.shapes import Json

# "Older is still TBD, but is currently set to a very small value": docs, topics/threads.
OLD_ROOT_S = 60.0


class Threads(Postings):
    """Threads open, change and go; the permissions were looked at before."""

    def pass_time(self, seconds: float = 0.0, *, minutes: float = 0.0, hours: float = 0.0) -> None:
        """Let time pass, after which quiet threads are archived."""
        super().pass_time(seconds, minutes=minutes, hours=hours)
        now_s = self.clock.now_s()
        for guild in self.guilds:
            for thread in guild.threads:
                said = [message.created_at_s for message in thread.shown]
                active_at_s = max([thread.archived_at_s, *said])
                is_quiet = now_s - active_at_s > 60 * thread.archive_minutes
                if is_quiet and not thread.is_archived and not thread.is_deleted:
                    self.change_thread(thread, is_archived=True)

    def new_thread(self, parent: Channel, name: str, owner: Person) -> Channel:
        """Make a thread that is nowhere yet."""
        kind = _KINDS.get(parent.kind, Kind.PUBLIC_THREAD)
        thread = Channel(self.stamps.id(), name, kind, parent.guild, parent, owner=owner)
        thread.created_at_s = thread.archived_at_s = self.clock.now_s()
        thread.thread_members[owner.id] = thread.created_at_s
        return thread

    def open_thread(self, thread: Channel) -> Channel:
        """Put a thread into its channel."""
        self.keep_channel(thread)
        self._tell_channel("THREAD_CREATE", thread, newly_created=True)
        if thread.owner is self.bot:
            self._tell_members(thread, added=[self.bot.id])
        return thread

    def open_thread_from(self, message: Message, thread: Channel) -> Channel:
        """Open the thread of a message: with its id, and a first message that points at it."""
        assert thread.owner is not None, "somebody opens a thread"
        thread.id = message.id
        self.open_thread(thread)
        message.flags |= Flag.HAS_THREAD
        self.tell("MESSAGE_UPDATE", message)
        if self.clock.now_s() - message.created_at_s > OLD_ROOT_S:
            self.announce_thread(thread)
        first = self.new_message(thread, thread.owner)
        first.type = MessageType.THREAD_STARTER
        first.reference, first.replied_to = reference_to(message), message
        self.post(first)
        return thread

    def announce_thread(self, thread: Channel) -> None:
        """Say in the parent channel that a thread was opened."""
        assert thread.parent is not None, "a thread has a parent"
        assert thread.owner is not None, "somebody opens a thread"
        note = self.new_message(thread.parent, thread.owner, thread.name)
        note.type = MessageType.THREAD_CREATED
        guild_id = str(thread.guild.id) if thread.guild is not None else None
        note.reference = {"channel_id": str(thread.id), "guild_id": guild_id}
        self.post(note)

    def change_thread(
        self,
        thread: Channel,
        *,
        name: str | None = None,
        is_archived: bool | None = None,
        is_locked: bool | None = None,
        minutes: int | None = None,
    ) -> None:
        """Rename, archive, unarchive, lock or unlock a thread, or change when it is archived."""
        if is_archived is not None and is_archived != thread.is_archived:
            thread.is_archived, thread.archived_at_s = is_archived, self.clock.now_s()
        thread.is_locked = thread.is_locked if is_locked is None else is_locked
        thread.archive_minutes = minutes or thread.archive_minutes
        thread.name = name or thread.name
        self.channel_changed(thread)

    def join_thread(self, thread: Channel, person: Person) -> None:
        """Make somebody a member of a thread; the bot hears of the thread then."""
        if person.id in thread.thread_members:
            return
        thread.thread_members[person.id] = self.clock.now_s()
        if person is self.bot:
            self._tell_channel("THREAD_CREATE", thread)
        self._tell_members(thread, added=[person.id])

    def leave_thread(self, thread: Channel, person: Person) -> None:
        """Take somebody out of a thread."""
        if thread.thread_members.pop(person.id, None) is not None:
            self._tell_members(thread, removed=[person.id])

    def channel_changed(self, channel: Channel) -> None:
        """Tell what a channel or a thread has become."""
        self._tell_channel("THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel or a thread, with the threads in it."""
        payload = wire_of_channel(channel)
        channel.is_deleted = True
        if channel.guild is None:
            return
        for thread in channel.guild.threads:
            thread.is_deleted = thread.is_deleted or thread.parent is channel
        if channel.is_thread:
            names = ("id", "guild_id", "parent_id", "type")
            payload = {name: payload[name] for name in names}
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self.emit(Event(event, payload, channel.guild))

    def _tell_channel(self, event: str, channel: Channel, **more: object) -> None:
        payload = {**wire_of_channel(channel, self.bot), **more}
        place = channel if channel.is_thread else None
        self.emit(Event(event, payload, channel.guild, place))

    def _tell_members(
        self, thread: Channel, *, added: list[int] | None = None, removed: list[int] | None = None
    ) -> None:
        """Tell of members; without the intent for members the app hears only of itself."""
        is_own = self.bot.id in (*(added or []), *(removed or []))
        if not is_own and Intent.GUILD_MEMBERS not in self.allowed_intents:
            self.changed()
            return
        payload: Json = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id) if thread.guild is not None else None,
            "member_count": min(50, len(thread.thread_members)),
            "added_members": [wire_of_thread_member(thread, number) for number in added or []],
            "removed_member_ids": [str(number) for number in removed or []],
        }
        self.emit(Event("THREAD_MEMBERS_UPDATE", payload, thread.guild))


_KINDS = {Kind.ANNOUNCEMENT: Kind.ANNOUNCEMENT_THREAD}

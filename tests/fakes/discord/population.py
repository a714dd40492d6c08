"""Guilds, channels, roles and people, and how the app hears of new ones."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping

from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import (
    BOT,
    EVERYONE,
    EVERYTHING,
    NOTHING,
    Overwrite,
    Permission,
)
from tests.fakes.discord.records import Channel, File, Guild, Member, Person, Role
from tests.fakes.discord.traffic import Event
from tests.fakes.discord.wire import (
    wire_of_channel,
    wire_of_member,
    wire_of_new_guild,
    wire_of_role,
)
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json

# Mapping is invariant in its keys.
Overwrites = (
    Mapping[Role, Overwrite] | Mapping[Person, Overwrite] | Mapping[Role | Person, Overwrite]
)


class Population(World):
    """Everything that a test may add; what is added later is told over the gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.guild = self.add_guild("Acme")

    def add_guild(
        self,
        name: str,
        *,
        has_bot: bool = True,
        permissions: Permission = BOT,
        everyone: Permission = EVERYONE,
        owner: Person | None = None,
        locale: str = "en-US",
    ) -> Guild:
        """Add a server. `permissions` are the bot role's; the bot has @everyone's as well."""
        head = owner or self._new_person(f"Owner of {name}")
        guild = Guild(self.stamps.guild_id(), name, head, has_bot=False, locale=locale)
        guild.roles[guild.id] = Role(guild.id, "@everyone", guild, everyone, 0)
        self.guilds.append(guild)
        self._enter(head, guild)
        if has_bot:
            self.invite_bot(guild, permissions)
        return guild

    def invite_bot(self, guild: Guild, permissions: Permission = BOT) -> None:
        """Let the bot into a guild, with a role of its own."""
        role = Role(self.stamps.id(), self.application.name, guild, permissions, 1, is_managed=True)
        guild.roles[role.id] = role
        self._enter(self.bot, guild).roles.append(role)
        guild.has_bot = True
        payload = wire_of_new_guild(guild, self.bot)
        del payload["unavailable"]  # only a guild that comes back has it
        self.emit(Event("GUILD_CREATE", payload, guild))

    def add_role(
        self,
        name: str,
        *,
        guild: Guild | None = None,
        permissions: Permission = NOTHING,
        is_mentionable: bool = False,
    ) -> Role:
        """Add a role."""
        home = guild or self.guild
        place = len(home.roles)
        role = Role(self.stamps.id(), name, home, permissions, place, is_mentionable=is_mentionable)
        home.roles[role.id] = role
        payload: Json = {"guild_id": str(home.id), "role": wire_of_role(role)}
        self.emit(Event("GUILD_ROLE_CREATE", payload, home))
        return role

    def add_channel(  # noqa: PLR0913  a channel has many sides, and each is named
        self,
        name: str,
        *,
        guild: Guild | None = None,
        kind: str = "text",
        parent: Channel | None = None,
        overwrites: Overwrites | None = None,
        topic: str | None = None,
        tags: Iterable[str] = (),
        needs_tag: bool = False,
    ) -> Channel:
        """Add a channel; `kind` is text, announcement, forum, media, voice or category.

        `overwrites` are for roles (`guild.everyone`, `guild.bot_role`) and people, the bot too.
        """
        home = guild or self.guild
        channel = Channel(self.stamps.id(), name, Kind[kind.upper()], home, parent, topic=topic)
        channel.overwrites = {target.id: what for target, what in (overwrites or {}).items()}
        channel.tags = [self._new_tag(tag) for tag in tags]
        channel.needs_tag = needs_tag
        channel.created_at_s = self.clock.now_s()
        self.keep_channel(channel)
        self.emit(Event("CHANNEL_CREATE", wire_of_channel(channel), home))
        return channel

    def keep_channel(self, channel: Channel) -> None:
        """Make a channel known."""
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels.append(channel)

    def add_person(
        self,
        name: str,
        *,
        guild: Guild | None = None,
        roles: Iterable[Role] = (),
        is_admin: bool = False,
        is_bot: bool = False,
        locale: str = "en-US",
    ) -> Person:
        """Add a person to a guild; an admin may do everything."""
        person = self._new_person(name)
        person.is_bot, person.locale = is_bot, locale
        home = guild or self.guild
        more = [self._admin_role(home)] if is_admin else []
        self.join(person, home, [*roles, *more])
        return person

    def join(self, person: Person, guild: Guild, roles: Iterable[Role] = ()) -> Member:
        """Let somebody into a further guild."""
        member = self._enter(person, guild)
        member.roles += roles
        payload = {**wire_of_member(member), "guild_id": str(guild.id)}
        self.emit(Event("GUILD_MEMBER_ADD", payload, guild))
        return member

    def direct(self, person: Person) -> Channel:
        """Give the person's direct messages with the bot."""
        found = (channel for channel in self.channels.values() if channel.person is person)
        if (channel := next(found, None)) is None:
            channel = Channel(self.stamps.id(), "", Kind.DM, person=person)
            self.keep_channel(channel)
        return channel

    def add_file(
        self,
        name: str,
        content: bytes,
        *,
        content_type: str | None = None,
        description: str | None = None,
    ) -> File:
        """Add a file, to be given to `say`, to a command's option or to a form."""
        kind = content_type or mimetypes.guess_type(name)[0]
        file = File(self.stamps.id(), name, content, kind, self.link_to, description=description)
        self.files[file.id] = file
        return file

    def link_to(self, file: File) -> str:
        """Give the file's address, signed for a while."""
        return self.origin + self.links.sign(file, self.link_lifetime_s)

    def _enter(self, person: Person, guild: Guild) -> Member:
        member = Member(person, guild, self.clock.now_s())
        guild.members[person.id] = member
        return member

    def _admin_role(self, guild: Guild) -> Role:
        own = [role for role in guild.roles.values() if not role.is_managed]
        found = (role for role in own if role.permissions == EVERYTHING)
        return next(found, None) or self.add_role("Admin", guild=guild, permissions=EVERYTHING)

    def _new_tag(self, name: str) -> Json:
        number = str(self.stamps.id())
        emoji: Json = {"emoji_id": None, "emoji_name": None}
        return {"id": number, "name": name, "moderated": False, **emoji}

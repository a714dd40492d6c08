"""What administrators do, and what happens to whole guilds."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.discord.permissions import NOTHING, Overwrite, Permission
from tests.fakes.discord.records import Channel, Guild, Member, Person, Role
from tests.fakes.discord.threads import Threads
from tests.fakes.discord.traffic import Event
from tests.fakes.discord.wire import wire_of_member, wire_of_new_guild, wire_of_person, wire_of_role
from tests.fakes.shapes import Json


class Administration(Threads):
    """Rights are given and taken, members change, guilds and channels go."""

    def deny(
        self, channel: Channel, permission: Permission, *, target: Role | Person | None = None
    ) -> None:
        """Take rights in a channel from a role or a member, the bot if none is named."""
        number = (target or self.bot).id
        old = channel.overwrites.get(number, Overwrite())
        self._overwrite(channel, number, Overwrite(old.allow & ~permission, old.deny | permission))

    def allow(
        self, channel: Channel, permission: Permission, *, target: Role | Person | None = None
    ) -> None:
        """Give rights in a channel to a role or a member, the bot if none is named."""
        number = (target or self.bot).id
        old = channel.overwrites.get(number, Overwrite())
        self._overwrite(channel, number, Overwrite(old.allow | permission, old.deny & ~permission))

    def change_role(self, role: Role, permissions: Permission) -> None:
        """Give a role other permissions: `guild.everyone` and `guild.bot_role` are roles too."""
        role.permissions = permissions
        payload: Json = {"guild_id": str(role.guild.id), "role": wire_of_role(role)}
        self.emit(Event("GUILD_ROLE_UPDATE", payload, role.guild))

    def change_member(
        self,
        person: Person,
        *,
        guild: Guild | None = None,
        roles: Iterable[Role] | None = None,
        nick: str | None = None,
        is_timed_out: bool | None = None,
    ) -> Member:
        """Give a member other roles or another nickname, or time them out."""
        home = guild or self.guild
        member = home.members[person.id]
        member.roles = member.roles if roles is None else list(roles)
        member.nick = nick or member.nick
        member.is_timed_out = member.is_timed_out if is_timed_out is None else is_timed_out
        payload = {**wire_of_member(member), "guild_id": str(home.id)}
        self.emit(Event("GUILD_MEMBER_UPDATE", payload, home))
        return member

    def leave(self, person: Person, *, guild: Guild | None = None) -> None:
        """Let a member go."""
        home = guild or self.guild
        del home.members[person.id]
        payload: Json = {"guild_id": str(home.id), "user": wire_of_person(person)}
        self.emit(Event("GUILD_MEMBER_REMOVE", payload, home))

    def kick_bot(self, guild: Guild) -> None:
        """Throw the bot out of a guild, its role and its own commands with it."""
        guild.has_bot = False
        del guild.members[self.bot.id]
        del guild.roles[guild.bot_role.id]
        guild.commands = []
        self.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild))

    def delete_guild(self, guild: Guild) -> None:
        """Delete a guild and everything in it."""
        for channel in guild.channels:
            channel.is_deleted = True
        self.guilds.remove(guild)
        guild.has_bot = False
        self.emit(Event("GUILD_DELETE", {"id": str(guild.id)}, guild))

    def make_unavailable(self, guild: Guild) -> None:
        """Let an outage take a guild away for a while."""
        guild.is_available = False
        payload: Json = {"id": str(guild.id), "unavailable": True}
        self.emit(Event("GUILD_DELETE", payload, guild))

    def make_available(self, guild: Guild) -> None:
        """Let a guild come back after an outage."""
        guild.is_available = True
        self.emit(Event("GUILD_CREATE", wire_of_new_guild(guild, self.bot), guild))

    def _overwrite(self, channel: Channel, target: int, overwrite: Overwrite) -> None:
        channel.overwrites[target] = overwrite
        if overwrite == Overwrite(NOTHING, NOTHING):
            del channel.overwrites[target]
        self.channel_changed(channel)

"""Who calls from where, read from what Discord's gateway delivers."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from adapters.discord.room import Room, of_channel
from bot.domain import Person, Place, Tie
from bot.ports import Scope

PLATFORM = "discord"
# What Discord's addresses say in place of a server: https://discord.com/channels/@me/1/2.
DIRECT = "@me"


@dataclass(frozen=True, slots=True)
class Caller:
    """A person in a channel. `fault` is why the council cannot answer there, and what to do.

    `channel` is the text channel or forum, `room` where the person is: the same, or a thread in it.
    `thread` is where answers go, None if they get a thread of their own. `around` is the channel
    whose settings hold there. `title` is that of a post in a forum.
    """

    workspace: str
    channel: str
    room: str
    thread: str | None
    around: str
    person: Person
    fault: str | None = None
    title: str | None = None

    @property
    def place(self) -> Place:
        """Where answers go."""
        return Place(PLATFORM, self.workspace, self.channel, self.thread)

    @property
    def home(self) -> Place:
        """The channel whose settings hold here; threads take theirs, private ones too."""
        return Place(PLATFORM, self.workspace, self.around)

    @property
    def scope(self) -> Scope:
        """What the person may see: this channel with its threads."""
        return Scope(PLATFORM, self.workspace, (self.channel,))

    @property
    def is_direct(self) -> bool:
        """The person writes to the bot alone."""
        return self.workspace == DIRECT


def of_interaction(interaction: discord.Interaction) -> Caller:
    """Return who gave a command, clicked, or sent a form, with Discord's word on all rights."""
    person = _person(interaction.user, interaction.permissions)
    guild, channel = interaction.guild_id, interaction.channel
    if guild is None:
        return _directly(str(interaction.channel_id), person)
    return _within(guild, of_channel(channel, interaction.app_permissions), person)


def of_message(message: discord.Message, room: Room | None) -> Caller:
    """Return who wrote a message, in a room unless it is a direct message."""
    author, guild = message.author, message.guild
    is_member = isinstance(author, discord.Member)
    person = _person(author, author.guild_permissions if is_member else _NONE)
    if room is None:
        return _directly(str(message.channel.id), person)
    return _within(0 if guild is None else guild.id, room, person)


def _directly(channel: str, person: Person) -> Caller:
    return Caller(DIRECT, channel, channel, channel, channel, person)


def _within(guild: int, room: Room, person: Person) -> Caller:
    thread = None if room.opens_threads else room.id
    return Caller(
        workspace=str(guild),
        channel=room.channel,
        room=room.id,
        thread=thread,
        around=room.around,
        person=person,
        fault=room.fault,
        title=room.title,
    )


def _person(user: discord.User | discord.Member, permissions: discord.Permissions) -> Person:
    is_admin = permissions.administrator or permissions.manage_guild
    roles = user.roles if isinstance(user, discord.Member) else []
    groups = tuple(str(role.id) for role in roles if not role.is_default())
    tie = Tie.APP if user.bot else Tie.MEMBER
    return Person(str(user.id), user.display_name, is_admin, groups, tie)


_NONE = discord.Permissions.none()

"""Interactions as the gateway tells them."""

from __future__ import annotations

from tests.fakes.discord.access import permissions_of
from tests.fakes.discord.message_wire import wire_of_file, wire_of_message
from tests.fakes.discord.records import Channel as _Channel
from tests.fakes.discord.records import File, Interaction, Message, Person, Role
from tests.fakes.discord.wire import (
    wire_of_member,
    wire_of_person,
    wire_of_place,
    wire_of_role,
)
from tests.fakes.discord.world import World
from tests.fakes.shapes import Json


def wire_of_interaction(world: World, interaction: Interaction) -> Json:
    """Write an interaction; in a guild with the member, in direct messages with the user."""
    channel, person, guild = interaction.channel, interaction.person, interaction.channel.guild
    document: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application.id),
        "type": int(interaction.type),
        "data": interaction.data,
        "channel": wire_of_place(channel, person),
        "channel_id": str(channel.id),
        "token": interaction.token,
        "version": 1,
        "app_permissions": str(int(permissions_of(world.bot, channel))),
        "locale": person.locale,
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild.id) if guild is not None else "0"},
        "context": 0 if guild is not None else 1,
        "attachment_size_limit": world.largest_file,
    }
    if interaction.source is not None:
        document["message"] = wire_of_message(interaction.source, world.bot)
    if guild is None:
        return {**document, "user": wire_of_person(person)}
    permissions = str(int(permissions_of(person, channel)))
    return document | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": wire_of_member(guild.members[person.id]) | {"permissions": permissions},
    }


def resolve(interaction_in: _Channel, *things: object) -> Json:
    """Write out what an interaction refers to by id."""
    guild = interaction_in.guild
    resolved: dict[str, Json] = {}
    for thing in things:
        if isinstance(thing, Person):
            resolved.setdefault("users", {})[str(thing.id)] = wire_of_person(thing)
            member = guild.members.get(thing.id) if guild is not None else None
            if member is not None:
                document = wire_of_member(member, with_user=False)
                document["permissions"] = str(int(permissions_of(thing, interaction_in)))
                resolved.setdefault("members", {})[str(thing.id)] = document
        elif isinstance(thing, Role):
            resolved.setdefault("roles", {})[str(thing.id)] = wire_of_role(thing)
        elif isinstance(thing, File):
            resolved.setdefault("attachments", {})[str(thing.id)] = wire_of_file(thing)
        elif isinstance(thing, _Channel):
            place = wire_of_place(thing, guild.owner) if guild is not None else {}
            resolved.setdefault("channels", {})[str(thing.id)] = place
    return dict(resolved)


def resolve_message(message: Message, bot: Person) -> Json:
    """Write out the message of a message command: its content is readable without the intent."""
    return {"messages": {str(message.id): wire_of_message(message, bot)}}

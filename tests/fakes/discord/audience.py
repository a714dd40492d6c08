"""Who is told what: shards, intents, rights, and the content of messages."""

from __future__ import annotations

from tests.fakes.discord.access import can_see
from tests.fakes.discord.connection import Session
from tests.fakes.discord.intents import Intent, is_wanted
from tests.fakes.discord.message_wire import is_readable_anyway, told, wire_of_message
from tests.fakes.discord.records import Guild, Person
from tests.fakes.discord.traffic import Event
from tests.fakes.shapes import Json, as_object


def shard_of(guild: Guild, shards: int) -> int:
    """Give the shard that a guild is on: gateway#sharding-sharding-formula."""
    return (guild.id >> 22) % shards


def concerns(event: Event, session: Session, bot: Person) -> bool:
    """Tell whether a session is told of an event."""
    if not _is_within_reach(event, bot):
        return False
    shard = 0 if event.guild is None else shard_of(event.guild, session.shards)
    if shard != session.shard:
        return False
    own = (as_object(event.payload.get("user")) or {}).get("id") == str(bot.id)
    if event.name == "GUILD_MEMBER_UPDATE" and own:
        return True
    return is_wanted(event.name, session.intents, is_direct=event.guild is None)


def payload_for(event: Event, session: Session, bot: Person) -> Json:
    """Give what a session is told: without the intent others' messages have no content."""
    message = event.message
    if message is None or Intent.MESSAGE_CONTENT in session.intents:
        return event.payload
    if is_readable_anyway(message, bot) and message.replied_to is None:
        return event.payload
    return told(wire_of_message(message, bot, is_readable=False), message)


def _is_within_reach(event: Event, bot: Person) -> bool:
    guild = event.guild
    is_here = guild is None or (guild.has_bot and guild.is_available)
    if not is_here and event.name != "GUILD_DELETE":
        return False
    return event.channel is None or can_see(bot, event.channel)

"""Users, members, roles, guilds and channels as Discord writes them in JSON."""

from __future__ import annotations

from tests.fakes.discord.access import can_see, permissions_of
from tests.fakes.discord.clock import iso
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import Overwrite
from tests.fakes.discord.records import Application, Channel, Guild, Member, Person, Role
from tests.fakes.shapes import Json

_LARGEST_FILE = 10 * 1024 * 1024
_REQUIRE_TAG = 1 << 4


def wire_of_person(person: Person) -> Json:
    """Write a user."""
    return {
        "id": str(person.id),
        "username": person.name.lower().replace(" ", "."),
        "discriminator": "0000" if person.is_bot else "0",
        "global_name": None if person.is_bot else person.name,
        "avatar": None,
        "bot": person.is_bot,
        "system": False,
        "public_flags": 0,
    }


def wire_of_own_user(person: Person) -> Json:
    """Write the bot as it sees itself."""
    return wire_of_person(person) | {
        "mfa_enabled": True,
        "locale": "en-US",
        "verified": True,
        "email": None,
        "flags": 0,
    }


def wire_of_application(application: Application, flags: int) -> Json:
    """Write the app as it sees itself."""
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": wire_of_person(application.owner),
        "verify_key": application.public_key,
        "flags": flags,
        "bot": wire_of_person(application.bot),
        "interactions_endpoint_url": None,
        "integration_types_config": {"0": {}},
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "team": None,
    }


def wire_of_role(role: Role) -> Json:
    """Write a role; a managed one tells whose it is."""
    colours = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    members = role.guild.members.values()
    owner = next((str(m.person.id) for m in members if role in m.roles), None)
    return {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": colours,
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(int(role.permissions)),
        "managed": role.is_managed,
        "mentionable": role.is_mentionable,
        "flags": 0,
        **({"tags": {"bot_id": owner}} if role.is_managed else {}),
    }


def wire_of_member(member: Member, *, with_user: bool = True) -> Json:
    """Write a member, with the user or without."""
    document: Json = {
        "roles": [str(role.id) for role in member.roles],
        "nick": member.nick,
        "avatar": None,
        "joined_at": iso(member.joined_at_s),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": "2999-01-01T00:00:00+00:00"
        if member.is_timed_out
        else None,
    }
    return {**document, "user": wire_of_person(member.person)} if with_user else document


def wire_of_guild(guild: Guild) -> Json:
    """Write a guild as GET /guilds/{id} does."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(guild.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [wire_of_role(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "max_members": 500_000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "nsfw": False,
        "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None,
        "approximate_member_count": len(guild.members),
        "approximate_presence_count": 1,
    }


def wire_of_new_guild(guild: Guild, bot: Person) -> Json:
    """Write a guild as GUILD_CREATE does: with channels, active threads, and the bot alone."""
    channels = [c for c in guild.channels if not c.is_thread and not c.is_deleted]
    threads = [t for t in guild.threads if not t.is_archived and can_see(bot, t)]
    own = guild.members[bot.id]
    return wire_of_guild(guild) | {
        "joined_at": iso(own.joined_at_s),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [wire_of_member(own)],
        "channels": [wire_of_channel(channel) for channel in channels],
        "threads": [wire_of_channel(thread, bot) for thread in threads if not thread.is_deleted],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def wire_of_channel(channel: Channel, viewer: Person | None = None) -> Json:
    """Write a channel, a thread (with the viewer's membership in it) or direct messages."""
    shown = channel.shown
    document: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "last_message_id": str(shown[-1].id) if shown else None,
        "flags": _REQUIRE_TAG if channel.needs_tag else 0,
    }
    if channel.guild is None:
        recipients = [wire_of_person(channel.person)] if channel.person is not None else []
        return {**document, "recipients": recipients}
    last_pin = channel.pins[-1].pinned_at_s if channel.pins else None
    document |= {
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "parent_id": str(channel.parent.id) if channel.parent is not None else None,
        "rate_limit_per_user": 0,
        "last_pin_timestamp": iso(last_pin) if last_pin is not None else None,
    }
    if channel.is_thread:
        return document | _thread_fields(channel, viewer)
    return document | _channel_fields(channel)


def wire_of_place(channel: Channel, person: Person) -> Json:
    """Write a channel as an interaction does, with what the person may do there."""
    permissions = str(int(permissions_of(person, channel)))
    return wire_of_channel(channel) | {"permissions": permissions}


def wire_of_thread_member(thread: Channel, person_id: int) -> Json:
    """Write somebody's membership of a thread."""
    return {
        "id": str(thread.id),
        "user_id": str(person_id),
        "join_timestamp": iso(thread.thread_members[person_id]),
        "flags": 0,
    }


def _channel_fields(channel: Channel) -> Json:
    assert channel.guild is not None
    flat = [other for other in channel.guild.channels if not other.is_thread]
    document: Json = {
        "position": flat.index(channel) if channel in flat else len(flat),
        "permission_overwrites": [
            _wire_of_overwrite(channel.guild, target, overwrite)
            for target, overwrite in channel.overwrites.items()
        ],
        "topic": channel.topic,
        "nsfw": False,
        "default_auto_archive_duration": 1440,
        "default_thread_rate_limit_per_user": 0,
    }
    if channel.is_forum:
        document |= {
            "available_tags": channel.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    if channel.kind is Kind.VOICE:
        document |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return document


def _wire_of_overwrite(guild: Guild, target: int, overwrite: Overwrite) -> Json:
    return {
        "id": str(target),
        "type": 0 if target in guild.roles else 1,
        "allow": str(int(overwrite.allow)),
        "deny": str(int(overwrite.deny)),
    }


def _thread_fields(thread: Channel, viewer: Person | None) -> Json:
    count = sum(not message.is_system for message in thread.shown)
    document: Json = {
        "owner_id": str(thread.owner.id) if thread.owner is not None else None,
        "message_count": count,
        "total_message_sent": sum(not message.is_system for message in thread.messages),
        "member_count": min(50, len(thread.thread_members)),
        "thread_metadata": {
            "archived": thread.is_archived,
            "auto_archive_duration": thread.archive_minutes,
            "archive_timestamp": iso(thread.archived_at_s),
            "locked": thread.is_locked,
            "create_timestamp": iso(thread.created_at_s),
        },
    }
    if thread.parent is not None and thread.parent.is_forum:
        document["applied_tags"] = [str(tag) for tag in thread.applied_tags]
    if viewer is not None and viewer.id in thread.thread_members:
        document["member"] = wire_of_thread_member(thread, viewer.id)
    return document

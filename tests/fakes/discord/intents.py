"""Gateway intents, and which events need which: docs.discord.com/developers/events/gateway."""

from __future__ import annotations

from enum import IntFlag


class Intent(IntFlag):
    """Discord's intents, under Discord's names."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN = Intent(sum(Intent))
# What an app's `flags` say of the intents that are enabled for it, in their "limited" forms.
APPLICATION_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}

_GUILDS = (
    "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_DELETE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE",
    "THREAD_UPDATE", "THREAD_DELETE", "THREAD_LIST_SYNC", "THREAD_MEMBER_UPDATE",
    "THREAD_MEMBERS_UPDATE",
)  # fmt: skip
_MEMBERS = ("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE")
_MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK")
_REACTIONS = ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE")

# The intent in a guild and the one in direct messages; what is not listed always comes.
_NEEDED: dict[str, tuple[Intent, Intent]] = {
    **dict.fromkeys(_GUILDS, (Intent.GUILDS, Intent.GUILDS)),
    **dict.fromkeys(_MEMBERS, (Intent.GUILD_MEMBERS, Intent.GUILD_MEMBERS)),
    **dict.fromkeys(_MESSAGES, (Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)),
    **dict.fromkeys(_REACTIONS, (Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS)),
    "CHANNEL_PINS_UPDATE": (Intent.GUILDS, Intent.DIRECT_MESSAGES),
    "TYPING_START": (Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING),
}


def is_wanted(event: str, intents: Intent, *, is_direct: bool) -> bool:
    """Tell whether a session with these intents is told of an event."""
    if event not in _NEEDED:
        return True
    in_guild, in_direct = _NEEDED[event]
    return (in_direct if is_direct else in_guild) in intents


def application_flags(allowed: Intent) -> int:
    """Write the enabled intents as an app's flags."""
    return sum(flag for intent, flag in APPLICATION_FLAGS.items() if intent in allowed)

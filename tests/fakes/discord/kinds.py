"""The kinds of channels, messages and interactions, in Discord's numbers."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Kind(IntEnum):
    """Channel types: docs.discord.com/developers/resources/channel."""

    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15
    MEDIA = 16


THREADS = (Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD)
FORUMS = (Kind.FORUM, Kind.MEDIA)


class Flag(IntFlag):
    """Message flags: docs.discord.com/developers/resources/message."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class MessageType(IntEnum):
    """Message types, as far as they occur here."""

    DEFAULT = 0
    PIN = 6
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU_COMMAND = 23


SYSTEM = (MessageType.PIN, MessageType.THREAD_CREATED, MessageType.THREAD_STARTER)


class InteractionType(IntEnum):
    """docs.discord.com/developers/interactions/receiving-and-responding."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5

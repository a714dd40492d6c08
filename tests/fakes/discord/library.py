"""discord.py, loaded without the warning that it causes on Python 3.11."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # discord/player.py imports audioop, which PEP 594 deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    from discord import (
        AllowedMentions,
        Attachment,
        AutoShardedClient,
        ButtonStyle,
        ChannelType,
        Client,
        ConnectionClosed,
        DeletedReferencedMessage,
        DiscordServerError,
        Embed,
        File,
        HTTPException,
        Intents,
        Interaction,
        InteractionResponse,
        LoginFailure,
        Message,
        Object,
        PrivilegedIntentsRequired,
        RateLimited,
        User,
        app_commands,
        ui,
    )
    from discord import (
        Guild as JoinedGuild,
    )
    from discord.backoff import ExponentialBackoff
    from discord.gateway import DiscordWebSocket
    from discord.http import MultipartParameters, Route

__all__ = [
    "AllowedMentions",
    "Attachment",
    "AutoShardedClient",
    "ButtonStyle",
    "ChannelType",
    "Client",
    "ConnectionClosed",
    "DeletedReferencedMessage",
    "DiscordServerError",
    "DiscordWebSocket",
    "Embed",
    "ExponentialBackoff",
    "File",
    "HTTPException",
    "Intents",
    "Interaction",
    "InteractionResponse",
    "JoinedGuild",
    "LoginFailure",
    "Message",
    "MultipartParameters",
    "Object",
    "PrivilegedIntentsRequired",
    "RateLimited",
    "Route",
    "User",
    "app_commands",
    "ui",
]

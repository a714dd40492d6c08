"""Settings: the environment and `council.toml`, read once, by the composition root alone."""

from bot.config.discord import DiscordAccess, application_of
from bot.config.seating import (
    MOST_MEMBERS,
    Seating,
    Wish,
    local_council,
    presets,
    rehearsal_council,
    seat,
)
from bot.config.settings import Settings, load
from bot.config.slack import SlackAccess

__all__ = [
    "MOST_MEMBERS",
    "DiscordAccess",
    "Seating",
    "Settings",
    "SlackAccess",
    "Wish",
    "application_of",
    "load",
    "local_council",
    "presets",
    "rehearsal_council",
    "seat",
]

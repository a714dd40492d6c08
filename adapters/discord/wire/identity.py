"""Who the bot is, as Discord says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# https://docs.discord.com/developers/resources/application#application-object-application-flags
_MAY_READ = (1 << 18) | (1 << 19)  # an app that was reviewed, or one that need not be yet


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot's user and application.

    `can_read`: Discord shows it what messages say that do not mention it.
    """

    user: str
    name: str
    application: str
    can_read: bool


def identity_of(user: Mapping[str, Any], application: Mapping[str, Any]) -> Identity:
    """Read what Discord says of the bot."""
    return Identity(
        user=str(user["id"]),
        name=str(user.get("username") or ""),
        application=str(application["id"]),
        can_read=bool(int(application.get("flags") or 0) & _MAY_READ),
    )

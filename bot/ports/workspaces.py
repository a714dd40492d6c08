"""What the bot keeps beside deliberations, by workspace. All methods raise `StorageError`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain import Place


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot's access to a workspace; `expires_at` is when its credentials end, None if never.

    `credentials` are sealed at rest and never shown; `facts` are what else the platform said.
    """

    platform: str
    workspace: str
    name: str
    credentials: Mapping[str, str] = field(repr=False)
    facts: Mapping[str, str]
    expires_at: datetime | None = None


class Installations(Protocol):
    """The workspaces that the bot may act in."""

    async def save(self, installation: Installation) -> None:
        """Store an installation in place of the one before."""
        ...

    async def find(self, platform: str, workspace: str) -> Installation | None:
        """Return a workspace's installation."""
        ...

    async def all(self, platform: str) -> tuple[Installation, ...]:
        """Return the installations of a platform."""
        ...

    async def remove(self, platform: str, workspace: str) -> None:
        """Forget an installation and its credentials; none is fine."""
        ...

    async def reserve(self, installation: Installation, until: datetime) -> bool:
        """Take the right to renew these credentials until a moment; one process has it at a time.

        False if another has it, or has renewed them already.
        """
        ...


class Tickets(Protocol):
    """Things that are kept for a short while, between two requests of one person."""

    async def issue(self, purpose: str, content: str, lifetime: timedelta) -> str:
        """Keep something and return the name, not to be guessed, under which it is found again."""
        ...

    async def read(self, purpose: str, ticket: str) -> str | None:
        """Return what is kept under a name; None if there is no such ticket or its time is over."""
        ...

    async def redeem(self, purpose: str, ticket: str) -> str | None:
        """Return it once: whoever asks after that gets None."""
        ...


class Pins(Protocol):
    """The messages that the bot has pinned."""

    async def add(self, place: Place, message_id: str) -> None:
        """Note a pinned message; a known one changes nothing."""
        ...

    async def oldest(self, place: Place, *, beyond: int) -> tuple[str, ...]:
        """Return the messages of a channel past the newest so many, the oldest first."""
        ...

    async def remove(self, place: Place, message_id: str) -> None:
        """Forget a pinned message."""
        ...


class Feedback(Protocol):
    """What people think of final answers."""

    async def rate(self, deliberation_id: str, person: str, *, is_good: bool) -> None:
        """Note a person's thumb, up or down, in place of the one before. Raises `NotFound`."""
        ...


class Pace(Protocol):
    """The speed at which a platform may be called, shared by all processes."""

    async def take(self, key: str, *, every_s: float, burst: int, within_s: float) -> float:
        """Reserve the next free moment for a call and return how many seconds away it is.

        Calls may go `burst` at once, and then one every so often. If the moment is further away
        than `within_s`, nothing is reserved and the distance is returned all the same.
        """
        ...

    async def hold(self, key: str, for_s: float) -> None:
        """Let no call go for some seconds, since the platform said so."""
        ...

"""What can be asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.domain import Mode, Tenant


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question; `-` is standard input."""

    question: str
    mode: Mode | None
    members: tuple[str, ...]
    chairman: str | None
    attachments: tuple[Path, ...]
    is_json: bool
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Show:
    """Print a deliberation."""

    deliberation_id: str
    is_json: bool


@dataclass(frozen=True, slots=True)
class History:
    """List the latest deliberations that hold all words."""

    words: str
    limit: int


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with a deliberation that stopped."""

    deliberation_id: str
    is_json: bool
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a deliberation."""

    deliberation_id: str


@dataclass(frozen=True, slots=True)
class ListModels:
    """List the models of a provider, or of all that have a key."""

    provider: str | None


@dataclass(frozen=True, slots=True)
class Doctor:
    """Check the configuration, the database and the providers."""


@dataclass(frozen=True, slots=True)
class Migrate:
    """Bring the database to this version's tables, or back `to` those of an older one."""

    to: str | None = None


class Role(StrEnum):
    """What a process of the service does; a process may have several."""

    GATEWAY = "gateway"
    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"


EVERY_ROLE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Serve:
    """Run the bot in the chat platforms that are set up, or a part of it."""

    roles: frozenset[Role] = EVERY_ROLE


@dataclass(frozen=True, slots=True)
class SlackManifest:
    """Print Slack's manifest, for an address or, without one, for Socket Mode."""

    url: str | None


@dataclass(frozen=True, slots=True)
class DiscordInvite:
    """Print the link that lets the bot into a Discord server; None asks the token for the id."""

    application: str | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """Print a key under which secrets are kept."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Let no council begin and none ask a model, for a reason that people are told."""

    reason: str


@dataclass(frozen=True, slots=True)
class GoOn:
    """Let councils go on after a halt."""


@dataclass(frozen=True, slots=True)
class Export:
    """Write all that is known of a workspace to a file, or to standard output."""

    tenant: Tenant
    output: Path | None


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all that is known of a workspace."""

    tenant: Tenant


Request = (
    Ask
    | Show
    | History
    | Resume
    | Cancel
    | ListModels
    | Doctor
    | Migrate
    | Serve
    | SlackManifest
    | DiscordInvite
    | NewKey
    | Halt
    | GoOn
    | Export
    | Forget
)

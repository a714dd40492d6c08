"""Looking back at deliberations, and forgetting them. All methods raise `StorageError`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import (
    Deliberation,
    MemberRecord,
    OwnProvider,
    Place,
    PlaceSettings,
    Schedule,
    SettingsChange,
    Tenant,
)


class Statistics(Protocol):
    """How members fared."""

    async def members(self, place: Place) -> tuple[MemberRecord, ...]:
        """Return how members fared in a channel; without a channel in the whole workspace."""
        ...

    async def weights(self, tenant: Tenant, models: Collection[str]) -> Mapping[str, float]:
        """Return what the ballots of models count in a workspace, by model; 1 may be left out.

        A model counts 1 until it has written 30 reviews there, then as much as it agreed with its
        peers, never below a quarter.
        """
        ...


class Archive(Protocol):
    """What is on record of workspaces. What is deleted is gone from the files, too."""

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace, and what follow-ups repeat of it. Raises `NotFound`.

        If it runs, its worker finds nothing to write to and stops without a word: cancel it first.
        """
        ...

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked and scheduled and what they thought of answers.

        Returns how many questions it were. Their name goes from the notes on changed settings, too;
        what was changed stays.
        """
        ...

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace; how much it spent stays until its limits reset.

        Otherwise a workspace could forget its way around what the operator allows.
        """
        ...

    async def leave(self, tenant: Tenant, at: datetime | None = None) -> None:
        """Note that a workspace took the bot away, now if not told when.

        Unless it comes back within the time of grace, `purge` deletes all that is known of it.
        """
        ...

    async def come_back(self, tenant: Tenant) -> None:
        """Note that a workspace has the bot again; none that left is fine."""
        ...

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps; return how many deliberations it were.

        Those that have not ended stay. Workspaces that left, and are past the time of grace, go as
        a whole, and so does what nobody asks for any more.
        """
        ...


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a workspace has set, besides what it asked; no keys. An empty channel is the workspace.

    `settings` and `presets` are by channel and by name.
    """

    settings: Mapping[str, PlaceSettings]
    presets: Mapping[str, PlaceSettings]
    changes: tuple[SettingsChange, ...]
    schedules: tuple[Schedule, ...]
    providers: tuple[OwnProvider, ...]


class Exports(Protocol):
    """All that is known of a workspace, for it to take along."""

    async def tenants(self) -> tuple[Tenant, ...]:
        """Return the workspaces of which anything is known."""
        ...

    async def holdings(self, tenant: Tenant) -> Holdings:
        """Return what a workspace has set."""
        ...

    def deliberations(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace whole, the oldest first."""
        ...

"""Looking back at deliberations, and forgetting them. All methods raise `StorageError`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain import Deliberation, MemberRecord, Place, Tenant


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
    """Deliberations that have ended. What is deleted is gone from the files, too."""

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace. Raises `NotFound`."""
        ...

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked and what they thought of answers; return how many were."""
        ...

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace."""
        ...

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps; return how many were."""
        ...

    def export(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace, the oldest first."""
        ...

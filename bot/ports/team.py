"""What a team has set for itself. All methods raise `StorageError`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from bot.domain import Edition, OwnProvider, Place, PlaceSettings, SettingsChange, Spent, Tenant


class TeamSettings(Protocol):
    """What is set for workspaces and channels; a place without a channel is its workspace."""

    async def at(self, place: Place) -> tuple[Edition, Edition]:
        """Return what is set for the workspace of a place and for its channel."""
        ...

    async def change(
        self, place: Place, settings: PlaceSettings, change: SettingsChange, *, number: int
    ) -> Edition:
        """Put settings in place of those of this number, and note the change.

        Raises `Changed` if they have another number by now.
        """
        ...

    async def changes(self, place: Place, *, limit: int = 20) -> tuple[SettingsChange, ...]:
        """Return the latest changes to a channel or a workspace, the newest first."""
        ...

    async def presets(self, tenant: Tenant) -> Mapping[str, PlaceSettings]:
        """Return the presets that a workspace keeps, by name."""
        ...

    async def keep_preset(self, tenant: Tenant, name: str, settings: PlaceSettings | None) -> None:
        """Keep a preset under a name, in place of the one before; None takes it away."""
        ...


class Budgets(Protocol):
    """What workspaces have spent and set aside; `Records.create` sets aside."""

    async def spent(self, tenant: Tenant, keys: Collection[str]) -> Mapping[str, Spent]:
        """Return what is spent or set aside under keys; a key without any is left out."""
        ...

    async def settle(self) -> int:
        """Count what ended deliberations have cost in place of what was set aside for them.

        Returns how many were settled.
        """
        ...


class Switch(Protocol):
    """The operator's switch for all councils."""

    async def reason(self) -> str | None:
        """Return why councils are halted, None if they are not."""
        ...

    async def halt(self, reason: str) -> None:
        """Let no council begin, and no running one call a model, until they may go on."""
        ...

    async def go_on(self) -> None:
        """Let councils go on."""
        ...


class ProviderKeys(Protocol):
    """Providers that workspaces brought along; their keys are sealed at rest and never shown."""

    async def save(self, tenant: Tenant, provider: OwnProvider, key: str) -> None:
        """Store a provider with its key in place of the one of this name."""
        ...

    async def all(self, tenant: Tenant) -> tuple[OwnProvider, ...]:
        """Return a workspace's providers, by name."""
        ...

    async def key(self, tenant: Tenant, name: str) -> str:
        """Return a provider's key. Raises `NotFound`."""
        ...

    async def remove(self, tenant: Tenant, name: str) -> None:
        """Forget a provider and its key. Raises `NotFound`."""
        ...

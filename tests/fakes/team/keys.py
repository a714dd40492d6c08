"""Providers of workspaces, in memory."""

from __future__ import annotations

from bot.domain import OwnProvider, Tenant
from bot.errors import NotFound


class FakeProviderKeys:
    """Implements `bot.ports.ProviderKeys`."""

    def __init__(self) -> None:
        self._known: dict[tuple[Tenant, str], tuple[OwnProvider, str]] = {}

    async def save(self, tenant: Tenant, provider: OwnProvider, key: str) -> None:
        """Store a provider with its key."""
        self._known[tenant, provider.name] = (provider, key)

    async def all(self, tenant: Tenant) -> tuple[OwnProvider, ...]:
        """Return a workspace's providers, by name."""
        known = sorted(self._known.items(), key=lambda item: item[0][1])
        return tuple(provider for (whose, _), (provider, _) in known if whose == tenant)

    async def key(self, tenant: Tenant, name: str) -> str:
        """Return a provider's key."""
        return self._found(tenant, name)[1]

    async def remove(self, tenant: Tenant, name: str) -> None:
        """Forget a provider and its key."""
        self._found(tenant, name)
        del self._known[tenant, name]

    def _found(self, tenant: Tenant, name: str) -> tuple[OwnProvider, str]:
        if (tenant, name) not in self._known:
            message = f"This workspace has brought no provider {name}."
            raise NotFound(message)
        return self._known[tenant, name]

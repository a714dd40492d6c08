"""Providers that workspaces brought along, their keys sealed."""

from __future__ import annotations

from bot.domain import OwnProvider, Tenant
from bot.storage.database import Database
from bot.storage.sealing import Seal


class SqlProviderKeys:
    """`bot.ports.ProviderKeys` on a database; without a seal nothing can be stored."""

    def __init__(self, database: Database, seal: Seal | None) -> None:
        self._database = database
        self._seal = seal

    async def save(self, tenant: Tenant, provider: OwnProvider, key: str) -> None:
        """Store a provider with its key in place of the one of this name."""
        raise NotImplementedError

    async def all(self, tenant: Tenant) -> tuple[OwnProvider, ...]:
        """Return a workspace's providers, by name."""
        raise NotImplementedError

    async def key(self, tenant: Tenant, name: str) -> str:
        """Return a provider's key. Raises `NotFound`."""
        raise NotImplementedError

    async def remove(self, tenant: Tenant, name: str) -> None:
        """Forget a provider and its key. Raises `NotFound`."""
        raise NotImplementedError

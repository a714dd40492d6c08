"""Forgetting deliberations, and handing them out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from bot.domain import Deliberation, Tenant
from bot.storage.database import Database


class SqlArchive:
    """`bot.ports.Archive` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace. Raises `NotFound`."""
        raise NotImplementedError

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked and thought."""
        raise NotImplementedError

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace."""
        raise NotImplementedError

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps."""
        raise NotImplementedError

    async def export(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace, the oldest first."""
        raise NotImplementedError
        yield

"""Forgetting deliberations, people and workspaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, Connection, delete, exists, select

from bot.domain import Tenant
from bot.errors import NotFound, StorageError
from bot.storage.columns import clean
from bot.storage.database import Database
from bot.storage.statements import insert_new
from bot.storage.tables import deliberations
from bot.storage.team.erasing import (
    TABLES,
    ended_before,
    erase,
    erase_orphans,
    erase_person,
    erase_stale,
    erase_workspace,
    oldest,
    owned,
)
from bot.storage.team_tables import departures, place_settings

# How long what is known of a workspace stays after it took the bot away: an uninstallation by
# mistake costs nothing, and 30 days is what platforms ask for at most.
GRACE = timedelta(days=30)
# Deliberations deleted in one transaction: other writers wait for it.
_BATCH = 50

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class SqlArchive:
    """`bot.ports.Archive` on a database.

    `retention_days` is how long workspaces keep what they have not set it for; None is for ever.
    `on_erased` is told the id of each deleted deliberation, for what lies of it elsewhere.
    """

    def __init__(
        self,
        database: Database,
        *,
        retention_days: int | None = None,
        on_erased: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._retention_days = retention_days
        self._on_erased = on_erased
        self._is_scrubbed = True

    async def forget(self, tenant: Tenant, deliberation_id: str) -> None:
        """Delete one of a workspace, and what follow-ups repeat of it. Raises `NotFound`."""
        of_id = *owned(deliberations, tenant), deliberations.c.id == clean(deliberation_id)
        if not await self._erase(*of_id):
            message = "There is no deliberation of that id."
            raise NotFound(message)
        await self._scrub()

    async def forget_person(self, tenant: Tenant, person_id: str) -> int:
        """Delete what somebody asked, scheduled and thought; return how many questions it were."""
        asked = *owned(deliberations, tenant), deliberations.c.asker_id == clean(person_id)
        count = await self._erase(*asked)
        self._is_scrubbed = False
        await self._database.write(
            lambda connection: erase_person(connection, tenant, clean(person_id))
        )
        await self._scrub()
        return count

    async def forget_workspace(self, tenant: Tenant) -> None:
        """Delete all that is known of a workspace, but for sums that still count."""
        await self._erase_workspace(tenant)
        await self._scrub()

    async def leave(self, tenant: Tenant, at: datetime | None = None) -> None:
        """Note that a workspace took the bot away; the first time counts."""
        row = {
            "platform": tenant.platform,
            "workspace": tenant.workspace,
            "left_at": at or datetime.now(UTC),
        }

        def write(connection: Connection) -> None:
            connection.execute(insert_new(connection.dialect.name, departures), row)

        await self._database.write(write)

    async def come_back(self, tenant: Tenant) -> None:
        """Note that a workspace has the bot again."""
        back = delete(departures).where(*owned(departures, tenant))
        await self._database.write(lambda connection: connection.execute(back))

    async def purge(self, now: datetime) -> int:
        """Delete what is older than its workspace keeps; return how many deliberations it were."""
        count = 0
        for tenant in await self._database.read(partial(_departed, now - GRACE)):
            count += await self._erase_workspace(tenant)
        for tenant, moment in await self._database.read(partial(self._ends, now)):
            count += await self._erase(*owned(deliberations, tenant), *ended_before(moment))
        await self._database.write(lambda connection: erase_stale(connection, now))
        # Whoever forgot something may have died before this.
        await self._database.write(erase_orphans)
        if not self._is_scrubbed:
            await self._scrub()
        return count

    async def _erase_workspace(self, tenant: Tenant) -> int:
        count = await self._erase(*owned(deliberations, tenant))
        self._is_scrubbed = False
        now = datetime.now(UTC)
        await self._database.write(lambda connection: erase_workspace(connection, tenant, now))
        return count

    async def _erase(self, *conditions: ColumnElement[bool]) -> int:
        """Delete deliberations, some at a time; return how many it were."""
        count = 0
        while ids := await self._database.read(partial(_some, conditions)):
            self._is_scrubbed = False
            count += await self._database.write(partial(_erased, ids))
            for deliberation_id in ids:
                self._on_erased(deliberation_id)
        if count:
            await self._database.write(erase_orphans)
        return count

    async def _scrub(self) -> None:
        """Take it out of the files; what cannot be done now is done with the next purge."""
        try:
            await self._database.scrub(TABLES)
        except StorageError:
            log.warning("files not scrubbed; the next purge tries again")
        else:
            self._is_scrubbed = True

    def _ends(self, now: datetime, connection: Connection) -> list[tuple[Tenant, datetime]]:
        """Return the workspaces that keep things for a time, and what they keep back to."""
        own = _retentions(connection)
        row = deliberations.c
        ends: list[tuple[Tenant, datetime]] = []
        for found in connection.execute(select(row.platform, row.workspace).distinct()):
            tenant = Tenant(found.platform, found.workspace)
            days = own.get(tenant, self._retention_days)
            if days is not None:
                ends.append((tenant, now - timedelta(days=days)))
        return ends


def _retentions(connection: Connection) -> dict[Tenant, int]:
    row = place_settings.c
    found = connection.execute(select(place_settings).where(row.channel == ""))
    return {
        Tenant(each.platform, each.workspace): each.settings.retention_days
        for each in found
        if each.settings.retention_days is not None
    }


def _departed(moment: datetime, connection: Connection) -> list[Tenant]:
    """Return the workspaces that left before a moment and have not asked anything since."""
    row = departures.c
    is_back = exists().where(
        deliberations.c.platform == row.platform,
        deliberations.c.workspace == row.workspace,
        deliberations.c.created_at > row.left_at,
    )
    found = select(row.platform, row.workspace).where(row.left_at <= moment, ~is_back)
    return [Tenant(each.platform, each.workspace) for each in connection.execute(found)]


def _some(conditions: Sequence[ColumnElement[bool]], connection: Connection) -> tuple[str, ...]:
    return oldest(connection, *conditions, limit=_BATCH)


def _erased(ids: Sequence[str], connection: Connection) -> int:
    return erase(connection, ids)

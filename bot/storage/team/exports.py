"""All that is known of a workspace, read out page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Table, select, tuple_, union

from bot.domain import (
    Deliberation,
    OwnProvider,
    Place,
    PlaceSettings,
    SettingsChange,
    Tenant,
)
from bot.ports import Holdings
from bot.storage.database import Database
from bot.storage.loading import load
from bot.storage.tables import deliberations
from bot.storage.team.schedules import SqlSchedules
from bot.storage.team.settings import change_of
from bot.storage.team_tables import (
    owned,
    place_settings,
    presets,
    provider_keys,
    schedules,
    settings_changes,
)

# Whole deliberations in memory at once; each may hold fifty megabytes of files.
_PAGE = 5
_ROW = deliberations.c

# `union` leaves out what comes twice.
_TENANTS = union(
    *(
        select(table.c.platform, table.c.workspace)
        for table in (deliberations, place_settings, presets, provider_keys, schedules)
    )
).order_by("platform", "workspace")

_Mark = tuple[datetime, str]
"""Where a page ended: a deliberation's time and id."""


class SqlExports:
    """`bot.ports.Exports` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._schedules = SqlSchedules(database)

    async def tenants(self) -> tuple[Tenant, ...]:
        """Return the workspaces of which anything is known."""

        def read(connection: Connection) -> tuple[Tenant, ...]:
            rows = connection.execute(_TENANTS)
            return tuple(Tenant(row.platform, row.workspace) for row in rows)

        return await self._database.read(read)

    async def holdings(self, tenant: Tenant) -> Holdings:
        """Return what a workspace has set."""
        whole = Place(tenant.platform, tenant.workspace, "")
        schedules = await self._schedules.all(whole)

        def read(connection: Connection) -> Holdings:
            return Holdings(
                settings=_settings(connection, place_settings, "channel", tenant),
                presets=_settings(connection, presets, "name", tenant),
                changes=_changes(connection, tenant),
                schedules=schedules,
                providers=_providers(connection, tenant),
            )

        return await self._database.read(read)

    async def deliberations(self, tenant: Tenant) -> AsyncGenerator[Deliberation]:
        """Yield the deliberations of a workspace whole, the oldest first."""
        mark: _Mark | None = None
        while page := await self._database.read(partial(_page, tenant, mark)):
            for deliberation in page:
                yield deliberation
            mark = (page[-1].created_at, page[-1].id)


def _page(tenant: Tenant, mark: _Mark | None, connection: Connection) -> list[Deliberation]:
    order = (_ROW.created_at, _ROW.id)
    ids = select(_ROW.id).where(*owned(deliberations, tenant)).order_by(*order).limit(_PAGE)
    if mark is not None:
        ids = ids.where(tuple_(*order) > mark)
    found = [load(connection, each) for each in connection.scalars(ids).all()]
    return [each for each in found if each is not None]


def _settings(
    connection: Connection, table: Table, name: str, tenant: Tenant
) -> Mapping[str, PlaceSettings]:
    rows = connection.execute(select(table).where(*owned(table, tenant)).order_by(table.c[name]))
    return {getattr(row, name): row.settings for row in rows}


def _changes(connection: Connection, tenant: Tenant) -> tuple[SettingsChange, ...]:
    row = settings_changes.c
    made = select(settings_changes).where(*owned(settings_changes, tenant))
    rows = connection.execute(made.order_by(row.made_at, row.channel, row.number))
    return tuple(map(change_of, rows))


def _providers(connection: Connection, tenant: Tenant) -> tuple[OwnProvider, ...]:
    row = provider_keys.c
    # The sealed key is not even read.
    columns = select(row.name, row.hint, row.changed_at, row.base_url)
    rows = connection.execute(columns.where(*owned(provider_keys, tenant)).order_by(row.name))
    return tuple(OwnProvider(each.name, each.hint, each.changed_at, each.base_url) for each in rows)

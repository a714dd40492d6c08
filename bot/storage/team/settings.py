"""What is set for workspaces and channels, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, insert, select

from bot.domain import Edition, Place, PlaceSettings, SettingsChange, Tenant
from bot.errors import Changed
from bot.storage.columns import cleaned
from bot.storage.database import Database
from bot.storage.statements import insert_new, upsert
from bot.storage.team_tables import owned, place_settings, presets, settings_changes

_CHANGED = "Somebody else changed these settings in the meantime; look at them again."
_ROW = place_settings.c
_AT = select(place_settings).where(
    _ROW.platform == bindparam("platform"),
    _ROW.workspace == bindparam("workspace"),
    _ROW.channel.in_(bindparam("channels", expanding=True)),
)


class SqlTeamSettings:
    """`bot.ports.TeamSettings` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def at(self, place: Place) -> tuple[Edition, Edition]:
        """Return what is set for the workspace of a place and for its channel."""
        key = {"platform": place.platform, "workspace": place.workspace}

        def read(connection: Connection) -> dict[str, Edition]:
            rows = connection.execute(_AT, {**key, "channels": ["", place.channel]})
            return {row.channel: Edition(row.settings, row.number) for row in rows}

        found = await self._database.read(read)
        channel = found.get(place.channel, Edition()) if place.channel else Edition()
        return found.get("", Edition()), channel

    async def change(
        self, place: Place, settings: PlaceSettings, change: SettingsChange, *, number: int
    ) -> Edition:
        """Put settings in place of those of this number, and note the change.

        Raises `Changed` if they have another number by now.
        """
        edition = Edition(cleaned(settings), number + 1)
        noted = {
            **_key(place),
            "number": edition.number,
            "person_id": change.person_id,
            "person": change.person,
            "made_at": change.made_at,
            "lines": change.lines,
        }

        def write(connection: Connection) -> None:
            if _locked_number(connection, place) != number:
                raise Changed(_CHANGED)
            row = {"settings": edition.settings, "number": edition.number}
            connection.execute(place_settings.update().where(*_of(place_settings, place)), row)
            connection.execute(insert(settings_changes), noted)

        await self._database.write(write)
        return edition

    async def changes(self, place: Place, *, limit: int = 20) -> tuple[SettingsChange, ...]:
        """Return the latest changes to a channel or a workspace, the newest first."""
        newest_first = settings_changes.c.number.desc()
        latest = select(settings_changes).where(*_of(settings_changes, place))

        def read(connection: Connection) -> tuple[SettingsChange, ...]:
            rows = connection.execute(latest.order_by(newest_first).limit(limit))
            return tuple(map(change_of, rows))

        return await self._database.read(read)

    async def presets(self, tenant: Tenant) -> Mapping[str, PlaceSettings]:
        """Return the presets that a workspace keeps, by name."""
        kept = select(presets).where(*owned(presets, tenant)).order_by(presets.c.name)

        def read(connection: Connection) -> dict[str, PlaceSettings]:
            return {row.name: row.settings for row in connection.execute(kept)}

        return await self._database.read(read)

    async def keep_preset(self, tenant: Tenant, name: str, settings: PlaceSettings | None) -> None:
        """Keep a preset under a name, in place of the one before; None takes it away."""
        row = {
            "platform": tenant.platform,
            "workspace": tenant.workspace,
            "name": name,
            "settings": settings,
        }

        def write(connection: Connection) -> None:
            if settings is None:
                named = presets.c.name == name
                connection.execute(delete(presets).where(*owned(presets, tenant), named))
            else:
                connection.execute(upsert(connection.dialect.name, presets, ["settings"]), row)

        await self._database.write(write)


def _locked_number(connection: Connection, place: Place) -> int:
    """Return the number of what is set there; nobody else changes it until the commit."""
    nothing = {**_key(place), "settings": PlaceSettings(), "number": 0}
    connection.execute(insert_new(connection.dialect.name, place_settings), nothing)
    number = select(_ROW.number).where(*_of(place_settings, place)).with_for_update()
    return connection.scalars(number).one()


def change_of(row: Row[tuple[object, ...]]) -> SettingsChange:
    """Return what a row of `settings_changes` says."""
    return SettingsChange(row.channel, row.person_id, row.person, row.made_at, row.lines)


def _key(place: Place) -> dict[str, str]:
    return {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
    }


def _of(table: Table, place: Place) -> tuple[ColumnElement[bool], ...]:
    return (*owned(table, place.tenant), table.c.channel == place.channel)

"""What is set for workspaces and channels, and who changed it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from bot.domain import Edition, Place, PlaceSettings, SettingsChange, Tenant
from bot.storage.database import Database
from bot.storage.team_tables import place_settings

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
        """Put settings in place of those of this number. Raises `Changed`."""
        raise NotImplementedError

    async def changes(self, place: Place, *, limit: int = 20) -> tuple[SettingsChange, ...]:
        """Return the latest changes, the newest first."""
        raise NotImplementedError

    async def presets(self, tenant: Tenant) -> Mapping[str, PlaceSettings]:
        """Return the presets that a workspace keeps, by name."""
        raise NotImplementedError

    async def keep_preset(self, tenant: Tenant, name: str, settings: PlaceSettings | None) -> None:
        """Keep a preset under a name; None takes it away."""
        raise NotImplementedError

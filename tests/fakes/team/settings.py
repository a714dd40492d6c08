"""What is set, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from bot.domain import Edition, Place, PlaceSettings, SettingsChange, Tenant
from bot.errors import Changed
from bot.storage.columns import cleaned


class FakeTeamSettings:
    """Implements `bot.ports.TeamSettings`."""

    def __init__(self) -> None:
        self._set: dict[tuple[Tenant, str], Edition] = {}
        self._changes: dict[tuple[Tenant, str], list[SettingsChange]] = defaultdict(list)
        self._presets: dict[Tenant, dict[str, PlaceSettings]] = defaultdict(dict)

    async def at(self, place: Place) -> tuple[Edition, Edition]:
        """Return what is set for the workspace and the channel."""
        channel = self._set.get((place.tenant, place.channel), Edition())
        workspace = self._set.get((place.tenant, ""), Edition())
        return workspace, channel if place.channel else Edition()

    async def change(
        self, place: Place, settings: PlaceSettings, change: SettingsChange, *, number: int
    ) -> Edition:
        """Put settings in place of those of this number."""
        key = (place.tenant, place.channel)
        if self._set.get(key, Edition()).number != number:
            message = "Somebody else changed these settings in the meantime; look at them again."
            raise Changed(message)
        self._set[key] = Edition(cleaned(settings), number + 1)
        self._changes[key].insert(0, cleaned(change))
        return self._set[key]

    async def changes(self, place: Place, *, limit: int = 20) -> tuple[SettingsChange, ...]:
        """Return the latest changes, the newest first."""
        return tuple(self._changes[place.tenant, place.channel][:limit])

    async def presets(self, tenant: Tenant) -> Mapping[str, PlaceSettings]:
        """Return the workspace's presets."""
        return dict(self._presets[tenant])

    async def keep_preset(self, tenant: Tenant, name: str, settings: PlaceSettings | None) -> None:
        """Keep or drop a preset."""
        if settings is None:
            self._presets[tenant].pop(name, None)
        else:
            self._presets[tenant][name] = settings

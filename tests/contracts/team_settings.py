"""What every implementation of the port for a team's settings must do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import (
    Deadlines,
    Edition,
    Limits,
    Mode,
    Place,
    PlaceSettings,
    Seat,
    SettingsChange,
    Shown,
    Tenant,
)
from bot.errors import Changed
from bot.ports import TeamSettings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = Place("slack", "T1", "C1")
WORKSPACE = replace(PLACE, channel="")
TENANT = PLACE.tenant
EVERYTHING = PlaceSettings(
    members=(
        Seat("Ada", "work/model-a", "Doubt.", ("work/model-b", "work/model-c")),
        Seat("Björn", "work/model-b"),
    ),
    chairman=Seat("Chair", "work/model-c"),
    mode=Mode.THOROUGH,
    is_revising=False,
    shown=Shown.FINAL,
    pins=0,
    language="",
    instructions="Small steps.\nNo haste.",
    deadlines=Deadlines(1.5, 60, 300),
    time_zone="Europe/Berlin",
    askers=("U1", "S2"),
    configurers=(),
    limits=Limits(usd_day=0.5, councils_month=9),
    per_person=Limits(usd_month=12.25, councils_day=3),
    questions_per_hour=4,
    refuses_unknown_prices=True,
    retention_days=30,
)
FAST = PlaceSettings(mode=Mode.FAST)


def by(person: str, *lines: str, place: Place = PLACE, at: datetime = NOON) -> SettingsChange:
    return SettingsChange(place.channel, f"U-{person}", person, at, lines)


class TeamSettingsContract:
    """Holds for all settings; give `settings`."""

    async def test_nothing_is_set_at_first(self, settings: TeamSettings) -> None:
        assert await settings.at(PLACE) == (Edition(), Edition())
        assert await settings.changes(PLACE) == ()
        assert await settings.presets(TENANT) == {}

    async def test_what_is_set_comes_back_whole(self, settings: TeamSettings) -> None:
        made = await settings.change(PLACE, EVERYTHING, by("Ada"), number=0)

        assert made == Edition(EVERYTHING, 1)
        assert await settings.at(PLACE) == (Edition(), made)

    async def test_a_workspace_is_the_place_without_a_channel(self, settings: TeamSettings) -> None:
        made = await settings.change(WORKSPACE, FAST, by("Ada", place=WORKSPACE), number=0)

        assert await settings.at(PLACE) == (made, Edition())
        assert await settings.at(WORKSPACE) == (made, Edition())

    async def test_a_thread_has_what_its_channel_has(self, settings: TeamSettings) -> None:
        thread = replace(PLACE, thread="t1")
        made = await settings.change(thread, FAST, by("Ada"), number=0)

        assert await settings.at(PLACE) == (Edition(), made)
        assert await settings.at(thread) == (Edition(), made)

    async def test_a_change_takes_the_place_of_the_one_before(self, settings: TeamSettings) -> None:
        await settings.change(PLACE, EVERYTHING, by("Ada"), number=0)

        made = await settings.change(PLACE, PlaceSettings(), by("Bob"), number=1)

        assert await settings.at(PLACE) == (Edition(), made)
        assert made == Edition(PlaceSettings(), 2)

    @pytest.mark.parametrize("number", [0, 2, -1])
    async def test_a_change_of_other_settings_is_refused(
        self, settings: TeamSettings, number: int
    ) -> None:
        made = await settings.change(PLACE, EVERYTHING, by("Ada"), number=0)

        with pytest.raises(Changed):
            await settings.change(PLACE, FAST, by("Bob"), number=number)

        assert await settings.at(PLACE) == (Edition(), made)
        assert [change.person for change in await settings.changes(PLACE)] == ["Ada"]

    async def test_a_refused_first_change_leaves_nothing(self, settings: TeamSettings) -> None:
        with pytest.raises(Changed):
            await settings.change(PLACE, FAST, by("Bob"), number=3)

        assert await settings.at(PLACE) == (Edition(), Edition())
        assert await settings.changes(PLACE) == ()

    @pytest.mark.parametrize("number", [0, 1])
    async def test_of_many_changes_at_once_one_counts(
        self, settings: TeamSettings, number: int
    ) -> None:
        if number:
            await settings.change(PLACE, EVERYTHING, by("Ada"), number=0)

        async def change(person: str) -> str | None:
            pins = PlaceSettings(pins=int(person))
            try:
                await settings.change(PLACE, pins, by(person), number=number)
            except Changed:
                return None
            return person

        won = [one for one in await asyncio.gather(*map(change, "12345678")) if one]

        assert len(won) == 1
        assert (await settings.at(PLACE))[1] == Edition(PlaceSettings(pins=int(won[0])), number + 1)
        assert (await settings.changes(PLACE))[0].person == won[0]
        assert len(await settings.changes(PLACE)) == number + 1

    async def test_changes_come_newest_first(self, settings: TeamSettings) -> None:
        said = [by("Ada", f"Pins: {n}", at=NOON + timedelta(hours=n)) for n in range(4)]
        for number, change in enumerate(said):
            await settings.change(PLACE, PlaceSettings(pins=number), change, number=number)

        assert await settings.changes(PLACE) == tuple(reversed(said))
        assert await settings.changes(PLACE, limit=2) == (said[3], said[2])

    async def test_channels_workspaces_and_platforms_have_their_own(
        self, settings: TeamSettings
    ) -> None:
        made = await settings.change(PLACE, FAST, by("Ada", "Mode"), number=0)
        await settings.keep_preset(TENANT, "ours", FAST)

        for other in (
            replace(PLACE, channel="C2"),
            replace(PLACE, workspace="T2"),
            replace(PLACE, platform="discord"),
        ):
            assert await settings.at(other) == (Edition(), Edition())
            assert await settings.changes(other) == ()
        assert await settings.changes(WORKSPACE) == ()
        for tenant in (Tenant("slack", "T2"), Tenant("discord", "T1")):
            assert await settings.presets(tenant) == {}
            await settings.keep_preset(tenant, "ours", None)
        assert await settings.at(PLACE) == (Edition(), made)
        assert await settings.presets(TENANT) == {"ours": FAST}

    async def test_presets_are_kept_replaced_and_dropped(self, settings: TeamSettings) -> None:
        await settings.keep_preset(TENANT, "ours", EVERYTHING)
        await settings.keep_preset(TENANT, "lean", FAST)
        assert await settings.presets(TENANT) == {"lean": FAST, "ours": EVERYTHING}

        await settings.keep_preset(TENANT, "ours", FAST)
        await settings.keep_preset(TENANT, "lean", None)
        await settings.keep_preset(TENANT, "never", None)

        assert await settings.presets(TENANT) == {"ours": FAST}

    async def test_text_that_no_database_takes_is_cleaned(self, settings: TeamSettings) -> None:
        dirty = PlaceSettings(instructions="No\0thing \ud800")

        made = await settings.change(PLACE, dirty, by("A\0da", "Line\0"), number=0)

        assert made.settings.instructions == "Nothing �"
        assert (await settings.at(PLACE))[1] == made
        assert await settings.changes(PLACE) == (by("Ada", "Line"),)

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Limits, Mode, Person, Place, PlaceSettings, Seat
from bot.errors import BadConfig, NotAllowed, NotFound
from bot.ports import ModelInfo
from bot.team.asking import Team
from bot.team.settings.configuring import opened, save
from bot.team.settings.presets import drop_preset, keep_preset, presets, use_preset
from tests.contracts.team_settings import EVERYTHING
from tests.fakes.council import COUNCIL
from tests.fakes.records import FakeRecords
from tests.fakes.team import fake_team
from tests.fakes.team.catalog import FakeCatalog

CHANNEL = Place("slack", "T1", "C1")
WORKSPACE = replace(CHANNEL, channel="")
ADMIN = Person("U9", "Ada", is_admin=True)
KIM = Person("U1", "Kim")
MEMBERS = (Seat("Cy", "test/c"), Seat("Di", "test/d"))
LEAN = PlaceSettings(members=MEMBERS, mode=Mode.FAST)


@pytest.fixture
def team() -> Team:
    known = [ModelInfo(f"test/{letter}", 1.0, 2.0) for letter in "abcdz"]
    team = fake_team(COUNCIL, FakeRecords())
    return replace(team, catalog=FakeCatalog(*known), presets={"lean": LEAN})


async def put(team: Team, settings: PlaceSettings, place: Place = CHANNEL) -> None:
    await save(team, ADMIN, replace(await opened(team, ADMIN, place), settings=settings))


async def here(team: Team) -> PlaceSettings:
    return (await team.settings.at(CHANNEL))[1].settings


@pytest.mark.parametrize(
    ("name", "mode"),
    [("quick", Mode.FAST), ("standard", Mode.STANDARD), ("Thorough", Mode.THOROUGH)],
)
async def test_one_word_sets_how_a_council_reasons_and_nothing_else(
    team: Team, name: str, mode: Mode
) -> None:
    await put(team, PlaceSettings(members=MEMBERS, is_revising=False))

    await use_preset(team, ADMIN, CHANNEL, name)

    assert await here(team) == PlaceSettings(members=MEMBERS, mode=mode, is_revising=True)
    assert len(await team.settings.changes(CHANNEL)) == 2


async def test_the_operators_preset_brings_its_members(team: Team) -> None:
    await put(team, PlaceSettings(pins=3))

    await use_preset(team, ADMIN, CHANNEL, "lean")

    assert await here(team) == replace(LEAN, pins=3)


async def test_a_workspace_keeps_its_own_for_all_its_channels(team: Team) -> None:
    await put(team, replace(LEAN, limits=Limits(usd_day=1.0), askers=("U1",), pins=3))
    await keep_preset(team, ADMIN, CHANNEL, "Ours")

    assert (await presets(team, CHANNEL.tenant))["ours"] == LEAN
    assert "ours" not in await presets(team, replace(CHANNEL, workspace="T2").tenant)
    other = replace(CHANNEL, channel="C2")
    await use_preset(team, ADMIN, other, "OURS")
    assert (await team.settings.at(other))[1].settings == LEAN


async def test_a_preset_is_the_council_alone(team: Team) -> None:
    seats = {"members": MEMBERS, "chairman": MEMBERS[0]}
    await put(team, replace(EVERYTHING, **seats), WORKSPACE)

    await keep_preset(team, ADMIN, WORKSPACE, "ours")

    kept = (await presets(team, CHANNEL.tenant))["ours"]
    assert kept.instructions == EVERYTHING.instructions
    for name in ("askers", "configurers", "limits", "per_person", "retention_days", "time_zone"):
        assert getattr(kept, name) is None


async def test_its_own_hide_the_others_until_they_are_dropped(team: Team) -> None:
    await put(team, PlaceSettings(mode=Mode.THOROUGH))
    for name in ("lean", "quick"):
        await keep_preset(team, ADMIN, CHANNEL, name)
        assert (await presets(team, CHANNEL.tenant))[name].mode is Mode.THOROUGH

        await drop_preset(team, ADMIN, CHANNEL, name)

        assert (await presets(team, CHANNEL.tenant))[name].mode is Mode.FAST


async def test_what_is_kept_and_dropped_is_recorded(team: Team) -> None:
    await put(team, LEAN)
    await keep_preset(team, ADMIN, CHANNEL, "ours")
    await drop_preset(team, ADMIN, CHANNEL, "ours")

    made = await team.settings.changes(WORKSPACE)

    assert [change.lines for change in made] == [
        ("Preset ours: dropped",),
        ("Preset ours: kept",),
    ]
    assert {change.person for change in made} == {"Ada"}


async def test_only_who_may_configure_the_workspace_keeps_and_drops(team: Team) -> None:
    await put(team, replace(LEAN, configurers=(KIM.id,)))
    await keep_preset(team, ADMIN, CHANNEL, "ours")

    for act in (keep_preset, drop_preset):
        with pytest.raises(NotAllowed):
            await act(team, KIM, CHANNEL, "ours")
    await use_preset(team, KIM, CHANNEL, "quick")
    with pytest.raises(NotAllowed):
        await use_preset(team, KIM, WORKSPACE, "quick")


async def test_an_unknown_preset_is_answered_with_those_that_there_are(team: Team) -> None:
    with pytest.raises(NotFound, match=r"no preset `thorogh`; did you mean `thorough`\?"):
        await use_preset(team, ADMIN, CHANNEL, "thorogh")
    with pytest.raises(NotFound, match=r"known are lean, quick, standard, thorough\."):
        await use_preset(team, ADMIN, CHANNEL, "zzz")
    with pytest.raises(NotFound, match="keeps no presets"):
        await drop_preset(team, ADMIN, CHANNEL, "quick")


@pytest.mark.parametrize("name", ["two words", "-x", "", "x" * 31, "a/b", "`x`"])
async def test_a_preset_has_a_name_of_one_word(team: Team, name: str) -> None:
    await put(team, LEAN)

    with pytest.raises(BadConfig, match="is no name for a preset"):
        await keep_preset(team, ADMIN, CHANNEL, name)


async def test_there_must_be_something_to_keep(team: Team) -> None:
    await put(team, PlaceSettings(pins=3))

    with pytest.raises(BadConfig, match="Nothing of the council is set here"):
        await keep_preset(team, ADMIN, CHANNEL, "ours")


async def test_a_workspace_keeps_so_many_at_most(team: Team) -> None:
    await put(team, LEAN)
    for number in range(20):
        await keep_preset(team, ADMIN, CHANNEL, f"p{number}")

    with pytest.raises(BadConfig, match="keeps 20 presets already"):
        await keep_preset(team, ADMIN, CHANNEL, "one-more")
    await keep_preset(team, ADMIN, CHANNEL, "p3")


async def test_a_preset_whose_model_is_gone_is_refused(team: Team) -> None:
    gone = replace(team, presets={"old": PlaceSettings(chairman=Seat("Old", "test/old"))})

    with pytest.raises(BadConfig, match="`test/old`: There is no model test/old"):
        await use_preset(gone, ADMIN, CHANNEL, "old")

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from bot.domain import Council, Deadlines, Limits, PlaceSettings, Seat, Terms
from bot.errors import BadConfig
from bot.ports import ModelInfo
from bot.team.seats import warnings
from bot.team.settings.checks import check, faults, tidied
from tests.bot.team.settings.drawn import SETTINGS
from tests.contracts.team_settings import EVERYTHING
from tests.fakes.council import COUNCIL

ADA, BOB, CY = Seat("Ada", "work/a"), Seat("Bob", "work/b"), Seat("Cy", "work/c")
CHAIR = Seat("Chair", "work/z")
USUAL = Terms(COUNCIL)
REHEARSAL = (Seat("alder", "rehearsal/alder"), Seat("birch", "rehearsal/birch"))


def refusal(settings: PlaceSettings, inherited: Terms = USUAL, *, is_workspace: bool = True) -> str:
    with pytest.raises(BadConfig) as caught:
        check(settings, inherited, is_workspace=is_workspace)
    return str(caught.value)


def priced(**prices: float | None) -> dict[str, ModelInfo]:
    names = {name: f"work/{name}" for name in prices}
    return {
        names[name]: ModelInfo(names[name], 1.0, usd, sees_images=True)
        for name, usd in prices.items()
    }


def council(*members: Seat, chairman: Seat = CHAIR) -> Council:
    return replace(COUNCIL, members=members, chairman=chairman)


@pytest.mark.parametrize("count", [0, 1, 10, 12])
def test_a_council_has_two_to_nine_members(count: int) -> None:
    members = tuple(Seat(f"M{number}", f"work/m{number}") for number in range(count))

    assert refusal(PlaceSettings(members=members)) == (
        f"A council has 2 to 9 members, not {count}."
    )


@pytest.mark.parametrize("model", ["", "gpt", "/gpt", "work/", "work/two words", "w/" + "x" * 200])
def test_a_model_has_a_provider_and_an_id(model: str) -> None:
    for settings in (
        PlaceSettings(members=(ADA, replace(BOB, model=model))),
        PlaceSettings(chairman=replace(ADA, fallbacks=(model,))),
    ):
        assert "is no model: write provider/model-id" in refusal(settings)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (PlaceSettings(time_zone="Europe/Berln"), "did you mean `Europe/Berlin`?"),
        (PlaceSettings(time_zone="New York"), "did you mean `America/New_York`?"),
        (PlaceSettings(time_zone=""), "write it like Europe/Berlin or UTC."),
        (PlaceSettings(pins=-1), "`pins` must be a whole number from 0 to 100."),
        (PlaceSettings(pins=101), "`pins` must be a whole number from 0 to 100."),
        (PlaceSettings(deadlines=Deadlines(0, 1, 2)), "`soft_min` must be a number of seconds"),
        (PlaceSettings(deadlines=Deadlines(1, 2, 3601)), "`deliberation` must be a number of"),
        (PlaceSettings(deadlines=Deadlines(3, 2, 9)), "Deadlines must not shrink"),
        (PlaceSettings(instructions="x" * 4001), "`instructions` must be text of 4,000"),
        (PlaceSettings(language="x" * 41), "`language` must be text of 40 characters"),
        (PlaceSettings(limits=Limits(usd_month=-1.0)), "`usd_month` must be a number of dollars"),
        (PlaceSettings(per_person=Limits(councils_day=0)), "`councils_day` must be a whole"),
        (PlaceSettings(questions_per_hour=0), "`questions_per_hour` must be a whole number"),
        (PlaceSettings(retention_days=0), "`retention_days` must be a whole number"),
        (PlaceSettings(askers=tuple(map(str, range(101)))), "`askers` names more than 100"),
        (PlaceSettings(configurers=("",)), "`configurers` must be ids"),
        (PlaceSettings(chairman=Seat("C", "w/c", "x" * 2001)), "The persona of C is longer"),
        (PlaceSettings(chairman=Seat("C", "w/c", None, ("w/d",) * 6)), "C has more than 5"),
    ],
)
def test_what_is_out_of_bounds_is_refused(settings: PlaceSettings, sentence: str) -> None:
    assert sentence in refusal(settings)


def test_rehearsal_models_do_not_sit_with_real_ones() -> None:
    with_inherited_chairman = PlaceSettings(members=REHEARSAL)
    mixed = PlaceSettings(members=(ADA, *REHEARSAL), chairman=ADA)
    with_a_real_fallback = PlaceSettings(chairman=replace(REHEARSAL[0], fallbacks=("work/a",)))

    for settings in (with_inherited_chairman, mixed, with_a_real_fallback):
        assert "Rehearsal models cannot sit with real ones" in refusal(settings)
    check(PlaceSettings(members=REHEARSAL, chairman=REHEARSAL[0]), USUAL, is_workspace=True)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (PlaceSettings(per_person=Limits(usd_day=1)), "per_person"),
        (PlaceSettings(questions_per_hour=3), "questions_per_hour"),
        (PlaceSettings(refuses_unknown_prices=False), "unknown_prices"),
        (PlaceSettings(retention_days=3), "retention_days"),
    ],
)
def test_a_channel_has_no_say_in_what_is_the_workspaces(settings: PlaceSettings, key: str) -> None:
    refused = refusal(settings, is_workspace=False)

    assert f"`{key}` holds for the whole workspace" in refused
    check(settings, USUAL, is_workspace=True)


def test_sound_settings_pass() -> None:
    check(EVERYTHING, USUAL, is_workspace=True)


@given(SETTINGS)
def test_tidy_settings_stay_as_they_are(settings: PlaceSettings) -> None:
    once = tidied(settings)

    assert tidied(once) == once


def test_seats_are_named_after_their_models_and_numbered() -> None:
    given_members = (
        Seat("", "work/a"),
        Seat(" ", "work/deep/a"),
        Seat("a", "work/b"),
        Seat("Two\nlines", "work/b"),
    )

    members = tidied(PlaceSettings(members=given_members)).members

    assert members is not None
    assert [seat.name for seat in members] == ["a", "a 2", "a 3", "Two lines"]


def test_settings_are_tidied() -> None:
    untidy = PlaceSettings(
        members=(Seat("A", " work/a ", " ", ("work/b", "work/b", ""), weight=0.3), BOB),
        language=" German\n",
        instructions="  Small\r\nsteps.\x1b[31m ",
        time_zone=" UTC ",
        askers=("U1", " U1 "),
        limits=Limits(),
        per_person=Limits(),
    )

    assert tidied(untidy) == PlaceSettings(
        members=(Seat("A", "work/a", None, ("work/b",)), BOB),
        language="German",
        instructions="Small\nsteps.",
        time_zone="UTC",
        askers=("U1",),
    )


@given(SETTINGS)
def test_drawn_settings_have_no_fault(settings: PlaceSettings) -> None:
    assert list(faults(settings)) == []


def test_a_balanced_council_has_no_warning() -> None:
    assert warnings(council(ADA, BOB, CY), priced(a=3.0, b=4.0, c=9.0, z=90.0)) == ()


def test_a_lopsided_council_is_told_so() -> None:
    (warning,) = warnings(council(ADA, BOB, CY), priced(a=1.0, b=60.0, c=3.0, z=9.0))

    assert warning.startswith("Bob costs about 30 times as much as the others, so it is probably")
    assert "councils gain from members of comparable strength" in warning


@pytest.mark.parametrize("free", [0.0, None])
def test_members_without_a_price_do_not_make_a_council_lopsided(free: float | None) -> None:
    found = warnings(council(ADA, BOB), priced(a=free, b=60.0, z=1.0))

    assert not any("times as much" in warning for warning in found)


def test_two_seats_on_one_model_are_told() -> None:
    (warning,) = warnings(council(ADA, replace(BOB, model=ADA.model), CY), priced(a=1, c=1, z=1))

    assert warning == "Ada and Bob share a model, so they are likely to make the same mistakes."


def test_a_chairman_among_the_members_is_told() -> None:
    (warning,) = warnings(council(ADA, BOB, chairman=Seat("Chair", "work/b")), priced(a=1, b=1))

    assert warning == "The chairman's model is a member too (Bob); it may favour its own answer."


def test_a_model_that_takes_no_images_is_told() -> None:
    known = priced(a=1, b=1, z=1)
    known["work/a"] = replace(known["work/a"], sees_images=False)
    known["work/b"] = replace(known["work/b"], sees_images=None)

    assert warnings(council(ADA, BOB), known) == (
        "Ada cannot see images and will answer without them.",
    )


def test_an_unknown_price_is_told_and_what_follows() -> None:
    known = priced(a=1, b=None)

    (counted,) = warnings(council(ADA, BOB), known)
    (refused,) = warnings(council(ADA, BOB), known, refuses_unknown_prices=True)

    assert counted.startswith("Nobody knows the price of work/b and work/z; where money is limited")
    assert refused.endswith("councils with unknown prices are refused here, so nobody can ask.")

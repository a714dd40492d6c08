from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given

from bot.domain import Limits, Mode, PlaceSettings, Seat, Terms
from bot.team.settings.parts import PARTS, as_settings, changes, said
from bot.team.terms import merged
from tests.bot.team.settings.drawn import SETTINGS
from tests.contracts.team_settings import EVERYTHING
from tests.fakes.council import COUNCIL

NOTHING = PlaceSettings()
ADA, BOB, CY = Seat("Ada", "work/a"), Seat("Bob", "work/b"), Seat("Cy", "work/c")


def test_every_field_is_a_part() -> None:
    assert set(PARTS) == {field.name for field in fields(PlaceSettings)}


@given(SETTINGS, SETTINGS)
def test_whatever_differs_has_a_line_of_its_own(old: PlaceSettings, new: PlaceSettings) -> None:
    differing = [name for name in PARTS if getattr(old, name) != getattr(new, name)]

    lines = changes(old, new)

    assert [line.split(":")[0] for line in lines] == [PARTS[name].label for name in differing]
    assert all(line.isprintable() for line in lines)


def test_a_change_says_what_was_and_what_is() -> None:
    old = PlaceSettings(mode=Mode.STANDARD, pins=3, is_revising=True)
    new = PlaceSettings(mode=Mode.THOROUGH, is_revising=False, time_zone="Europe/Berlin")

    assert changes(old, new) == (
        "Mode: standard → thorough",
        "Revision: auto → off",
        "Final answers that stay pinned: 3 → inherited",
        "Time zone: inherited → Europe/Berlin",
    )


def test_members_that_came_and_went_are_named() -> None:
    old = PlaceSettings(members=(ADA, BOB))
    joined = PlaceSettings(members=(BOB, CY))
    moved = PlaceSettings(members=(replace(ADA, model="work/d"), replace(BOB, persona="Doubt.")))

    assert changes(old, joined) == ("Members: +Cy (work/c), −Ada",)
    assert changes(old, moved) == ("Members: Ada (work/a) → Ada (work/d), Bob has another persona",)
    assert changes(old, PlaceSettings(members=(BOB, ADA))) == ("Members: in another order",)
    assert changes(NOTHING, old) == ("Members: inherited → Ada (work/a), Bob (work/b)",)


def test_people_who_came_and_went_are_named() -> None:
    some, others = PlaceSettings(askers=("U1", "U2")), PlaceSettings(askers=("U2", "S3"))

    assert changes(some, others) == ("Who may ask: +S3, −U1",)
    assert changes(some, PlaceSettings(askers=())) == ("Who may ask: U1, U2 → everyone",)


def test_everything_can_be_said() -> None:
    assert {name: said(name, EVERYTHING) for name in PARTS} == {
        "members": "Ada (work/model-a, else work/model-b, else work/model-c, with a persona), "
        "Björn (work/model-b)",
        "chairman": "Chair (work/model-c)",
        "mode": "thorough",
        "is_revising": "off",
        "shown": "final",
        "pins": "0",
        "language": "that of the question",
        "instructions": "“Small steps. No haste.”",
        "deadlines": "1.5 s for slow members, 60 s a call, 300 s in all",
        "time_zone": "Europe/Berlin",
        "askers": "U1, S2",
        "configurers": "admins",
        "limits": "$0.50 a day, 9 councils a month",
        "per_person": "$12.25 a month, 3 councils a day",
        "questions_per_hour": "4",
        "refuses_unknown_prices": "refused",
        "retention_days": "30",
    }
    assert said("limits", PlaceSettings(limits=Limits())) == "none"


@given(SETTINGS)
def test_what_terms_say_gives_the_same_terms(settings: PlaceSettings) -> None:
    usual = Terms(COUNCIL)
    terms = merged(usual, settings, NOTHING)

    told = as_settings(terms)

    again = merged(
        usual, replace(told, limits=settings.limits, per_person=settings.per_person), NOTHING
    )
    assert again == terms

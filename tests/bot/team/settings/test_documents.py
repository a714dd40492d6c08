from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given

from bot.domain import Deadlines, Limits, PlaceSettings, Seat
from bot.errors import BadConfig
from bot.team.settings.documents import from_toml, to_toml, unchecked
from tests.bot.team.settings.drawn import SETTINGS, texts
from tests.contracts.team_settings import EVERYTHING

WRITTEN = '''\
mode = "thorough"
revision = "off"
show = "final"
pins = 0
language = ""
instructions = """
Small steps.
No haste."""
time_zone = "Europe/Berlin"
askers = [
    "U1",
    "S2",
]
configurers = []
questions_per_hour = 4
unknown_prices = "refuse"
retention_days = 30

[[members]]
name = "Ada"
model = "work/model-a"
persona = "Doubt."
fallbacks = [
    "work/model-b",
    "work/model-c",
]

[[members]]
name = "Björn"
model = "work/model-b"

[chairman]
name = "Chair"
model = "work/model-c"

[deadlines]
soft_min = 1.5
call = 60
deliberation = 300

[limits]
usd_day = 0.5
councils_month = 9

[per_person]
usd_month = 12.25
councils_day = 3
'''


def refusal(text: str) -> str:
    with pytest.raises(BadConfig) as caught:
        from_toml(text)
    return str(caught.value)


@given(SETTINGS)
def test_what_is_written_is_read_back(settings: PlaceSettings) -> None:
    assert from_toml(to_toml(settings)) == settings


@pytest.mark.parametrize(
    "draft",
    [
        PlaceSettings(members=()),
        PlaceSettings(members=(Seat("Ada", "no model", fallbacks=("work/a", "work/a")),)),
        PlaceSettings(chairman=Seat("Ada", "work/a", "Doubts."), pins=-1, time_zone="Mars"),
        PlaceSettings(askers=(), language="", limits=Limits(), deadlines=Deadlines(9, 1, 5)),
    ],
)
def test_what_is_still_being_edited_can_be_put_aside(draft: PlaceSettings) -> None:
    assert unchecked(to_toml(draft)) == draft


@given(texts(200))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with suppress(BadConfig):
        assert isinstance(from_toml(text), PlaceSettings)


def test_settings_are_written_as_people_would() -> None:
    assert to_toml(EVERYTHING) == WRITTEN
    assert to_toml(PlaceSettings()) == ""


def test_seats_may_be_written_short() -> None:
    short = 'members = ["work/a", { model = "work/b", name = "Bee" }]\nchairman = "work/c"\n'

    read = from_toml(short)

    assert read.members == (Seat("a", "work/a"), Seat("Bee", "work/b"))
    assert read.chairman == Seat("c", "work/c")


def test_deadlines_that_are_left_out_are_the_usual_ones() -> None:
    assert from_toml("[deadlines]\ncall = 60\n").deadlines == Deadlines(call=60)


def test_whole_dollars_are_dollars() -> None:
    assert from_toml("[limits]\nusd_day = 2\n").limits == Limits(usd_day=2.0)


def test_dots_within_texts_are_none_of_keys() -> None:
    dots = "." * 60
    written = f'"""\n{dots} = 1\n\\"""{dots}""""'
    text = f"instructions = {written}\nlanguage = '\"{dots[:30]}' # {dots}\n"

    read = from_toml(text)

    assert read == PlaceSettings(instructions=f'{dots} = 1\n"""{dots}"', language=f'"{dots[:30]}')


def test_weights_are_never_in_it() -> None:
    heavy = PlaceSettings(chairman=Seat("Chair", "work/c", weight=0.25))

    assert "weight" not in to_toml(heavy)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('mdoe = "fast"', "Line 1: unknown key `mdoe`; did you mean `mode`?"),
        ("\n[limits]\nusd_week = 1", "Line 3: unknown key `usd_week`; known are councils_day, "),
        (
            '[[members]]\nmodel = "a/b"\n[[members]]\nmodl = "a/c"',
            "Line 4: unknown key `modl`; did you mean `model`?",
        ),
        ('[chairman]\nmodel = "a/b"\nweight = 2', "Line 3: unknown key `weight`; known are "),
        ("secret = 1\x1b", "Line 1: this is not TOML: `secret = 1`. Check quotes"),
        ('mode = "fast"\npins = 20 # "\nmode', "Line 3: this is not TOML: `mode`."),
        ('mode = "fats"', 'Line 1: `mode` must be "fast", "standard" or "thorough".'),
        ("mode = 1", 'Line 1: `mode` must be "fast", "standard" or "thorough".'),
        ("revision = true", 'Line 1: `revision` must be "auto" or "off".'),
        ("language = 7", "Line 1: `language` must be text in quotes."),
        ('language = "' + "x" * 41 + '"', "Line 1: `language` must be text of 40 characters"),
        ('instructions = "' + "x" * 4001 + '"', "Line 1: `instructions` must be text of 4,000"),
        ("pins = true", "Line 1: `pins` must be a whole number."),
        ("pins = 101", "Line 1: `pins` must be a whole number from 0 to 100."),
        ("pins = 1.5", "Line 1: `pins` must be a whole number."),
        ('askers = "U1"', "Line 1: `askers` must be a list of texts in quotes."),
        ('askers = ["U1", 2]', "Line 1: `askers` must be a list of texts in quotes."),
        ('askers = ["two words"]', "Line 1: `askers` must be ids as the platform gives them"),
        (f"askers = {['U1'] * 101}", "Line 1: `askers` names more than 100; name a group"),
        ('time_zone = "Mars/Olympus"', "Line 1: There is no time zone `Mars/Olympus`; "),
        ('time_zone = "europe/berlin"', "did you mean `Europe/Berlin`?"),
        ('time_zone = "../../etc/passwd"', "Line 1: There is no time zone `../../etc/passwd`"),
        ('members = ["a/b"]', "Line 1: A council has 2 to 9 members, not 1."),
        (f"members = {['a/b'] * 12}", "Line 1: A council has 2 to 9 members, not 12."),
        ("members = []", "Line 1: A council has 2 to 9 members, not 0."),
        ('members = "a/b"', "Line 1: `members` must be a list of tables."),
        ("members = [1]", "Line 1: `members` must be a table."),
        ('members = ["a/b", "c"]', "Line 1: `c` is no model: write provider/model-id"),
        ('[[members]]\nname = "Ada"', "Line 1: `model` is missing."),
        ('[chairman]\nname = "Ada"', "Line 1: `model` is missing."),
        ('[[members]]\nmodel = "a/b"\n[[members]]\nmodel = "c"', "Line 4: `c` is no model"),
        ('[[members]]\nmodel = "a/b"\n[[members]]\nname = "C"', "Line 3: `model` is missing."),
        ('members = ["rehearsal/a", "a/b"]', "Line 1: Rehearsal models cannot sit with real"),
        ("chairman = 3", "Line 1: `chairman` must be a table."),
        ("deadlines = 3", "Line 1: `deadlines` must be a table."),
        ("[deadlines]\ncall = -1", "Line 2: `call` must be a number of seconds above 0"),
        ("[deadlines]\ncall = nan", "Line 2: `call` must be a number of seconds above 0"),
        ('[deadlines]\ncall = "soon"', "Line 2: `call` must be a number."),
        ("[deadlines]\nsoft_min = 130", "Line 1: Deadlines must not shrink: soft_min, then call"),
        ("[limits]\nusd_day = inf", "Line 2: `usd_day` must be a number of dollars above 0"),
        ("[limits]\nusd_day = 0", "Line 2: `usd_day` must be a number of dollars above 0"),
        (f"[limits]\nusd_day = {'9' * 400}", "Line 2: `usd_day` is too large a number."),
        ("[per_person]\ncouncils_day = 0", "Line 2: `councils_day` must be a whole number from 1"),
        ("questions_per_hour = 0", "Line 1: `questions_per_hour` must be a whole number from 1"),
        ('unknown_prices = "ignore"', 'Line 1: `unknown_prices` must be "count" or "refuse".'),
        ("retention_days = -3", "Line 1: `retention_days` must be a whole number from 1 to 3,650"),
        pytest.param("a = " + "[" * 5000, "These settings are not TOML; check", id="brackets"),
        pytest.param("a = " + "9" * 5000, "These settings are not TOML; check", id="digits"),
        # tomllib would be busy with these for minutes.
        pytest.param("a." * 90_000 + "a = 1", "These settings are not TOML; check", id="dots"),
        pytest.param("[" + "a." * 90_000 + "a]", "These settings are not TOML", id="header"),
        pytest.param(
            'pins = 1\nlanguage = """a"""" # """\n' + "a . " * 49_000 + '= """"""',
            "These settings are not TOML",
            id="hidden dots",
        ),
        pytest.param('language = "' + '\\"' * 90_000, "this is not TOML", id="quotes"),
        pytest.param("#" * 200_001, "These settings are longer than 200,000", id="long"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, sentence: str) -> None:
    refused = refusal(text)

    assert sentence in refused
    assert "\n" not in refused

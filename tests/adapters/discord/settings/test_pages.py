"""How it answers, who may, and what it may cost."""

from __future__ import annotations

import re

import pytest

from bot.domain import Deadlines, Limits, Mode, PlaceSettings, Shown
from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import Form, opened
from tests.fakes.team import set_in

COURSE, PEOPLE, LIMITS = "How it answers", "Who may", "Limits"
TEXTS, DEADLINES = "Language, instructions, time zone …", "Deadlines …"


async def test_mode_revision_what_is_shown_and_pins_are_chosen(form: Form) -> None:
    await form.click(COURSE)
    before = form.text
    await form.click("mode", "thorough")
    await form.click("is_revising", "no")
    await form.click("shown", "final")
    await form.click("pins", "3")
    await form.click("Save")

    assert "**Mode** · standard · _inherited_" in before
    assert "**Mode** · thorough · _set here_" in form.text
    assert await form.stored() == PlaceSettings(
        mode=Mode.THOROUGH, is_revising=False, shown=Shown.FINAL, pins=3
    )


async def test_what_was_chosen_can_be_inherited_again(form: Form) -> None:
    await form.click(COURSE)
    await form.click("mode", "thorough")

    await form.click("mode", "inherit")

    assert "**Mode** · standard · _inherited_" in form.text


async def test_texts_are_written_and_what_was_left_stays_inherited(form: Form) -> None:
    await form.click(COURSE)
    await form.fill(TEXTS, language="Deutsch", instructions="We are a bakery.\nBe short.")
    await form.click("Save")

    assert await form.stored() == PlaceSettings(
        language="Deutsch", instructions="We are a bakery.\nBe short."
    )


async def test_a_text_that_would_be_inherited_can_be_none(form: Form) -> None:
    server = await opened(form.lobby, form.person, workspace=True)
    await server.click(COURSE)
    await server.fill(TEXTS, language="Deutsch")
    await server.click("Save")
    await form.click(COURSE)

    modal = await form.open(TEXTS)
    await form.enter(modal, language="")
    await form.click("Save")

    assert "Deutsch" in str(modal.components)
    assert await form.stored() == PlaceSettings(language="")


@pytest.mark.parametrize(
    ("zone", "meant"), [("Europe/Berlim", "Europe/Berlin"), ("99:99", "There is no time zone")]
)
async def test_an_unknown_time_zone_is_told_at_once(form: Form, zone: str, meant: str) -> None:
    await form.click(COURSE)
    await form.fill(TEXTS, time_zone=zone, instructions="Be short.")

    assert "There is no time zone" in form.text
    assert "Be short." in form.text
    assert meant in form.text
    assert "**Time zone** · UTC · _inherited_" in form.text


async def test_a_time_zone_that_is_gone_can_be_mended(form: Form) -> None:
    await set_in(form.lobby.desk.team, form.place, PlaceSettings(time_zone="Mars/Olympus"))
    again = await opened(form.lobby, form.person)

    await again.click(COURSE)
    await again.fill(TEXTS, time_zone="Europe/Berlin")
    await again.click("Save")

    assert (await form.stored()).time_zone == "Europe/Berlin"


async def test_what_is_wrong_is_said_without_a_line_that_nobody_wrote(form: Form) -> None:
    await form.click(COURSE)
    await form.fill(DEADLINES, soft_min="100", call="50")

    assert "⚠ Deadlines must not shrink" in form.text


async def test_deadlines_are_numbers_that_do_not_shrink(form: Form) -> None:
    await form.click(COURSE)
    await form.fill(DEADLINES, soft_min="x")
    no_number = form.text
    await form.fill(DEADLINES, soft_min="100", call="50")
    shrinking = form.text
    await form.fill(DEADLINES, soft_min="2,5", call="10")
    await form.click("Save")

    assert "is not a number for" in no_number
    assert "Deadlines must not shrink" in shrinking
    assert (await form.stored()).deadlines == Deadlines(2.5, 10.0, 20.0)


async def test_people_and_roles_are_chosen(form: Form) -> None:
    discord = form.lobby.discord
    cooks, bob = discord.add_role("Cooks"), discord.add_person("Bob")
    await form.click(PEOPLE)
    before = form.text
    await form.click("askers", cooks, bob)
    await form.click("configurers", bob)
    await form.click("Save")

    assert "**Who may ask** · everyone · _inherited_" in before
    assert f"**Who may ask** · <@&{cooks.id}>, <@{bob.id}> · _set here_" in form.text
    stored = await form.stored()
    assert stored.askers == (str(cooks.id), str(bob.id))
    assert stored.configurers == (str(bob.id),)
    kinds = [(one["type"], one["id"]) for one in form.part("askers")["default_values"]]
    assert kinds == [("role", str(cooks.id)), ("user", str(bob.id))]


async def test_nobody_chosen_is_everyone(form: Form) -> None:
    await form.click(PEOPLE)
    await form.click("askers", form.lobby.ada)
    await form.click("askers")
    await form.click("Save")

    assert (await form.stored()).askers == ()


async def test_ids_that_are_none_of_discords_can_be_mended(form: Form) -> None:
    odd = ("abc", "1", "9" * 64, "**x**")
    await set_in(form.lobby.desk.team, form.place, PlaceSettings(askers=odd, configurers=odd))
    again = await opened(form.lobby, form.person)

    await again.click(PEOPLE)
    shown = again.text
    await again.click("askers", form.lobby.ada)
    await again.click("Save")

    assert "**Who may ask** · abc, 1, " in shown
    assert "\\*\\*x\\*\\*" in shown
    assert (await form.stored()).askers == (str(form.lobby.ada.id),)


async def test_no_mention_of_many_people_is_cut_in_two(form: Form) -> None:
    many = tuple(str(10**17 + number) for number in range(100))
    await set_in(form.lobby.desk.team, form.place, PlaceSettings(askers=many))
    again = await opened(form.lobby, form.person)

    await again.click(PEOPLE)

    (line,) = [one for one in again.text.split("\n") if one.startswith("**Who may ask**")]
    names = re.findall(r"<@\d+>", line)
    assert line == f"**Who may ask** · {', '.join(names)} and {100 - len(names)} more · _set here_"
    assert names


async def test_a_channel_is_limited(form: Form) -> None:
    await form.click(LIMITS)
    await form.fill("Limits of this channel …", usd_day="$2.50", councils_month="1,000")
    await form.click("Save")
    modal = await form.open("Limits of this channel …")

    assert (await form.stored()).limits == Limits(usd_day=2.5, councils_month=1000)
    assert "$2.50 a day, 1,000 councils a month" in form.text
    assert [part["component"].get("value") for part in modal.components] == [
        "2.5",
        None,
        None,
        "1000",
    ]
    assert not form.has("Limits for each person …")


@pytest.mark.parametrize("entered", ["x", "-1", "0", "nan", "1e999", "1.5.2"])
async def test_what_is_no_limit_is_told(form: Form, entered: str) -> None:
    await form.click(LIMITS)
    await form.fill("Limits of this channel …", usd_day=entered)

    assert "⚠" in form.text
    assert "**Limits** · none" in form.text


async def test_a_server_limits_each_person_and_says_how_long_it_keeps(lobby: Lobby) -> None:
    root = lobby.discord.add_person("Root", is_admin=True)
    form = await opened(lobby, root, workspace=True)
    await form.click(LIMITS)
    await form.fill("Limits for each person …", usd_day="1", hourly="10")
    await form.fill("Prices and keeping …", prices="yes", days="90")
    await form.click("Save")

    assert "## Settings of this server" in form.text
    assert await form.stored_for_server() == PlaceSettings(
        per_person=Limits(usd_day=1.0),
        questions_per_hour=10,
        refuses_unknown_prices=True,
        retention_days=90,
    )
    assert await form.stored() == PlaceSettings()

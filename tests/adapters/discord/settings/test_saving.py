"""The form's end: what is edited is saved once, and that is told."""

from __future__ import annotations

from bot.domain import Mode, PlaceSettings, Seat
from bot.ports import ModelInfo
from tests.adapters.discord.settings.form import Form, opened, stolen, with_models
from tests.fakes.team import set_in

LONG = [ModelInfo(f"maker/{number}{'*' * 190}") for number in range(9)]
SEATS = tuple(
    Seat(f"{number}{'_' * 39}", one.name, "`" * 2000, tuple(other.name for other in LONG[:5]))
    for number, one in enumerate(LONG)
)


async def test_whatever_is_saved_is_told_in_a_message_that_discord_takes(form: Form) -> None:
    with_models(form.lobby, *LONG)
    settings = PlaceSettings(
        members=SEATS,
        chairman=SEATS[0],
        mode=Mode.FAST,
        language="*" * 40,
        instructions="_" * 4000,
        askers=tuple(str(10**17 + number) for number in range(100)),
        configurers=tuple(str(10**18 + number) for number in range(100)),
    )
    await set_in(form.lobby.desk.team, form.place, settings)
    big = await opened(form.lobby, form.person)
    for tab in ("How it answers", "Who may", "Limits", "Who sits"):
        await big.click(tab)
        await big.click("Inherit all of this page")

    await big.click("Save")

    assert "**Saved.**" in big.text
    assert await big.stored() == PlaceSettings()


async def test_a_council_of_the_longest_names_is_told_when_it_is_saved(form: Form) -> None:
    with_models(form.lobby, *LONG)
    preset = PlaceSettings(members=SEATS, chairman=SEATS[0], instructions="_" * 4000)
    await form.lobby.desk.team.settings.keep_preset(form.place.tenant, "long", preset)
    again = await opened(form.lobby, form.person)
    await again.click("Put in a preset", "long")

    await again.click("Save")

    assert "**Saved.**" in again.text
    assert (await again.stored()).members == SEATS


async def test_saved_twice_at_once_is_saved(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6")
    page = stolen(form)

    await form.click("Save")
    second = Form(form.lobby, form.person, page)
    await second.click("Save")

    assert "**Saved.**" in second.text
    assert "Somebody else" not in second.text
    assert len((await form.stored()).members or ()) == 3


async def test_what_somebody_else_saved_is_not_written_over(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6")
    await set_in(form.lobby.desk.team, form.place, PlaceSettings(pins=7))

    await form.click("Save")

    assert "Somebody else changed these settings" in form.text
    assert await form.stored() == PlaceSettings(pins=7)

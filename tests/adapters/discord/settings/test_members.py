"""Who sits: seats are chosen, changed, added, taken away, and saved."""

from __future__ import annotations

import pytest

from bot.domain import Mode, PlaceSettings, Seat
from bot.ports import ModelInfo
from tests.adapters.discord.settings.form import CHANGE, SEATS, Form, opened, with_models
from tests.fakes.council import COUNCIL

ADA, BOB = COUNCIL.members


async def test_what_holds_is_shown_and_where_it_is_set(form: Form) -> None:
    assert f"## Settings of <#{form.message.channel.id}>" in form.text
    assert "**Members** · _inherited_" in form.text
    assert "**Ada** · test/a" in form.text
    assert "**Chair** · test/c" in form.text
    assert "**Not saved yet.**" not in form.text
    assert form.message.is_ephemeral
    assert form.message.person is form.person


async def test_a_seat_is_given_a_model_that_was_searched_for(form: Form) -> None:
    await form.click(SEATS, "1. Ada")
    await form.fill(CHANGE, model="sonnet", persona="A sceptic.", fallbacks="test/b\ntest/c")
    shown = [option["description"] for option in form.part("model")["options"]]

    await form.click("model", "maker/sonnet-6")
    await form.click("Save")

    assert shown[0] == "$3.00 in, $15.00 out for a million tokens · sees images"
    new = Seat("Ada", "maker/sonnet-6", "A sceptic.", ("test/b", "test/c"))
    assert (await form.stored()).members == (new, BOB)
    assert "**Saved.**" in form.text
    assert "**Members** · _set here_" in form.text
    assert "cannot see images" in form.text


async def test_nothing_changes_before_it_is_saved(form: Form) -> None:
    await form.click(SEATS, "1. Ada")
    await form.fill(CHANGE, model="maker/opus-6")

    assert "maker/opus-6" in form.text
    assert "**Not saved yet.**" in form.text
    assert await form.stored() == PlaceSettings()


async def test_a_member_is_added_and_another_removed(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6", name="Cleo")
    await form.click(SEATS, "2. Bob")
    await form.click("Remove Bob")
    await form.click("Save")

    assert (await form.stored()).members == (ADA, Seat("Cleo", "maker/opus-6"))


async def test_the_only_find_is_taken(form: Form) -> None:
    await form.fill("Add a member", model="opus")
    await form.click("Save")

    assert (await form.stored()).members == (ADA, BOB, Seat("opus-6", "maker/opus-6"))


async def test_the_chairman_has_a_seat_too(form: Form) -> None:
    await form.click(SEATS, "Chairman: Chair")
    is_off = form.part("remove")["disabled"]
    await form.fill("Change the chairman", model="maker/opus-6")
    await form.click("Save")

    assert is_off
    assert (await form.stored()).chairman == Seat("Chair", "maker/opus-6")
    assert (await form.stored()).members is None


async def test_without_a_find_it_says_so_and_keeps_what_was_typed(form: Form) -> None:
    await form.fill("Add a member", model="nothing like it", persona="A sceptic.")

    again = await form.open("Add a member")

    assert "No model's name holds all of these words: nothing like it." in form.text
    assert "A sceptic." in str(again.components)


async def test_a_seat_that_cannot_be_filled_so_is_there_again(form: Form) -> None:
    await form.click(SEATS, "1. Ada")
    await form.fill(CHANGE, model="maker/opus-6", persona="A sceptic.", fallbacks="nothing")

    again = await form.open("Search again")

    assert "`nothing` is no model" in form.text.replace("\\`", "`")
    assert "A sceptic." in str(again.components)


async def test_finds_can_be_left(form: Form) -> None:
    await form.fill("Add a member", model="sonnet")

    await form.click("Leave it")

    assert form.has(SEATS)
    assert not form.has("Models for “sonnet”")


async def test_a_model_that_is_gone_is_told_when_it_is_saved(form: Form) -> None:
    await form.fill("Add a member", model="gone/model")
    await form.click("Save")

    assert "There is no model" in form.text
    assert "gone/model" in form.text
    assert await form.stored() == PlaceSettings()


async def test_two_members_are_the_fewest(form: Form) -> None:
    await form.click(SEATS, "1. Ada")

    assert form.part("Remove Ada")["disabled"]


async def test_nine_long_members_fit_and_are_the_most(form: Form) -> None:
    long = ModelInfo(f"maker/{'m' * 90}")
    with_models(form.lobby, long)
    for number in range(7):
        name = f"{number} {'N' * 36}"
        await form.fill("Add a member", model=long.name, name=name, persona="P" * 2000)

    await form.click("Save")

    assert form.part("Add a member")["disabled"]
    assert len((await form.stored()).members or ()) == 9


async def test_markup_in_names_and_personas_stays_text(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6", name="**@everyone**", persona="# <@1>")

    assert "\\*\\*@\u200beveryone\\*\\*" in form.text


async def test_a_preset_is_put_in(form: Form) -> None:
    await form.click("Put in a preset", "thorough")
    await form.click("Save")

    assert (await form.stored()).mode is Mode.THOROUGH


async def test_what_is_set_can_be_inherited_again(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6")
    await form.click("Save")
    await form.click("Inherit all of this page")
    await form.click("Save")

    assert await form.stored() == PlaceSettings()


async def test_starting_over_drops_what_was_not_saved(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6")

    await form.click("Start over")

    assert "opus-6" not in form.text


async def test_what_somebody_else_saved_meanwhile_is_not_overwritten(form: Form) -> None:
    other = await opened(form.lobby, form.lobby.discord.add_person("Two", is_admin=True))
    await other.fill("Add a member", model="maker/opus-6")
    await other.click("Save")
    await form.fill("Add a member", model="maker/sonnet-5")

    await form.click("Save")

    assert "Somebody else changed these settings" in form.text
    assert "sonnet-5" in form.text
    assert len((await form.stored()).members or ()) == 3
    assert "opus-6" in str(await form.stored())


@pytest.mark.parametrize("model", ["no provider", "a/" + "b" * 198, "\u202e/\u202e"])
async def test_what_is_no_model_is_told(form: Form, model: str) -> None:
    await form.fill("Add a member", model=model)
    await form.click("Save")

    assert "**Saved.**" not in form.text
    assert await form.stored() == PlaceSettings()


async def test_models_whose_names_no_menu_takes_are_not_offered_in_one(form: Form) -> None:
    with_models(form.lobby, *(ModelInfo(f"maker/{number}{'m' * 150}") for number in range(2)))

    await form.fill("Add a member", model="mmm")

    assert form.has(SEATS)
    assert "Several models fit" in form.text

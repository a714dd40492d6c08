"""The settings' form, on simcord."""

from __future__ import annotations

from typing import Any

from simcord import InteractionResult, MemberActor

from bot.domain import PlaceSettings, Seat
from bot.ports import ModelInfo
from tests.adapters.discord.simulated.stage import Stage, told, words
from tests.fakes.council import COUNCIL
from tests.fakes.discord.components import parts_in
from tests.fakes.discord.permissions import Permission
from tests.fakes.team.catalog import FakeCatalog

MODELS = ("test/a", "test/b", "test/c", "maker/sonnet-5", "maker/sonnet-6")


class Form:
    """The message of the form, as its person sees it."""

    def __init__(self, stage: Stage, person: MemberActor, opened: InteractionResult) -> None:
        assert opened.response is not None
        self._person = person
        self._stage = stage
        self._message = opened.response

    def name(self, action: str) -> str:
        """Return the name under which a part of the form is used."""
        found = (str(part.get("custom_id", "")) for part in parts_in(self._now.components))
        return next(name for name in found if name.startswith(f"council:set-{action}:"))

    @property
    def text(self) -> str:
        return words(self._now)

    async def click(self, action: str) -> InteractionResult:
        return await self._person.click(self._message, custom_id=self.name(action))

    async def choose(self, action: str, *values: Any) -> None:
        await self._person.select(self._message, list(values), custom_id=self.name(action))

    async def fill(self, action: str, **values: str) -> None:
        await self._person.submit_modal(await self.click(action), values)

    @property
    def _now(self) -> Any:
        return self._stage.stored(self._message.channel_id, self._message.id)


async def opened(stage: Stage) -> tuple[Form, MemberActor]:
    """Let somebody who manages the server open the form."""
    catalog = stage.team.catalog
    assert isinstance(catalog, FakeCatalog)
    catalog.models |= {name: ModelInfo(name) for name in MODELS}
    boss = stage.person("Boss", rights=Permission.MANAGE_GUILD)
    return Form(stage, boss, await boss.slash(stage.channel, "council config edit")), boss


async def settings(stage: Stage) -> PlaceSettings:
    return (await stage.team.settings.at(stage.place(stage.channel)))[1].settings


async def test_a_seat_is_changed_by_a_search_and_saved(stage: Stage) -> None:
    form, _ = await opened(stage)

    await form.choose("seat", "0")
    await form.fill("edit", model="sonnet", name="Ada", persona="A sceptic.", fallbacks="")
    await form.choose("model", "maker/sonnet-6")
    await form.click("save-members")

    ada = Seat("Ada", "maker/sonnet-6", "A sceptic.")
    assert (await settings(stage)).members == (ada, COUNCIL.members[1])
    assert "**Saved.**" in form.text


async def test_who_may_ask_is_chosen(stage: Stage) -> None:
    form, _ = await opened(stage)

    await form.click("people")
    await form.choose("askers", stage.ada)
    await form.click("save-people")

    assert (await settings(stage)).askers == (str(stage.ada.id),)


async def test_a_plain_member_does_not_get_it(stage: Stage) -> None:
    result = await stage.ada.slash(stage.channel, "council config edit")

    assert told(result) == "Only an admin, or somebody whom an admin named, may do this."


async def test_a_question_repeats_by_a_form(stage: Stage) -> None:
    form = await stage.ada.slash(stage.channel, "council schedule add")

    entered = {"when": "weekdays 09:00", "question": "What is new?", "discussion": ["yes"]}
    result = await stage.ada.submit_modal(form, entered)

    assert (told(result) or "").startswith("Added ")
    (schedule,) = await stage.team.schedules.all(stage.place(stage.channel))
    assert schedule.takes_discussion
    found = await stage.ada.autocomplete(stage.channel, "council schedule pause", "id", "new")
    assert [one["value"] for one in found] == [schedule.id]

"""The whole program: an admin changes the council of a channel, and the next question has it."""

from __future__ import annotations

from bot.domain import Mode
from tests.adapters.slack.office import Office
from tests.fakes.slack.records import View


async def test_what_an_admin_saves_holds_for_the_next_question(office: Office) -> None:
    boss = office.slack.add_person("boss", is_admin=True)

    def filled() -> View | None:
        stack = office.slack.views.stack(boss)
        is_there = stack and "One moment" not in str(stack[-1].blocks)
        return stack[-1] if is_there else None

    async with office.open():
        await office.slack.command("config", channel=office.channel, person=boss)
        await office.slack.until(lambda: filled() is not None)
        view = office.slack.views.top(boss)
        await office.slack.submit(view, {"mode": {"mode": "fast"}}, person=boss)
        await office.slack.until(lambda: "Saved" in str(view.document["title"]))
        await office.ask()

    (asked,) = await office.deliberations()
    assert asked.council.mode is Mode.FAST
    assert "Mode: inherited → fast" in str(view.blocks)

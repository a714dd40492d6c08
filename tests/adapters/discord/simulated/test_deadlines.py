"""How long Discord waits, by simcord's clock."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Deliberation
from bot.errors import StorageError
from tests.adapters.discord.simulated.stage import Stage, told
from tests.fakes.discord.permissions import Permission

NO_DATABASE = "My database does not answer, so nothing was done. Please try again in a moment."


@pytest.mark.parametrize(("after_s", "is_asked"), [(2.9, True), (3.1, False)])
async def test_what_discord_has_given_up_is_not_asked(
    stage: Stage, after_s: float, *, is_asked: bool
) -> None:
    stage.ear.is_awake.clear()
    result = await stage.ada.slash(stage.channel, "council ask", question="Why is that?")
    await stage.env.advance_time(after_s)

    stage.ear.is_awake.set()
    await stage.env.settle()

    assert result.acknowledged == is_asked
    assert await stage.cost_nothing() != is_asked


@pytest.mark.parametrize(("after_min", "is_told"), [(13, True), (16, False)])
async def test_what_comes_too_late_for_discord_is_not_tried(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, after_min: float, *, is_told: bool
) -> None:
    is_free = asyncio.Event()

    async def slow(*_question: object, **_delivery: object) -> Deliberation:
        await stage.env.external_wait(is_free.wait(), reason="the database is slow")
        raise StorageError

    monkeypatch.setattr(stage.records, "create", slow)
    result = await stage.ada.slash(stage.channel, "council ask", question="Why is that?")
    is_waiting = result.deferred
    await stage.env.advance_time(after_min * 60)

    is_free.set()
    await stage.env.settle()

    assert is_waiting
    assert stage.calls("PATCH", "/webhooks/") == is_told
    assert not is_told or told(result) == NO_DATABASE


async def test_a_fault_that_is_told_too_late_costs_nothing(stage: Stage) -> None:
    stage.deny(Permission.ATTACH_FILES)
    stage.ear.is_awake.clear()
    await stage.ada.slash(stage.channel, "council ask", question="Why is that?")
    await stage.env.advance_time(4)

    stage.ear.is_awake.set()
    await stage.env.settle()

    (direct,) = stage.ada.user.dm_channel.history()
    assert direct.content.startswith("I lack rights in this channel: Attach Files.")
    assert await stage.cost_nothing()

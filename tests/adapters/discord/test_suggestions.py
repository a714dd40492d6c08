"""What is suggested while an option is typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from bot.domain import OwnProvider, PlaceSettings
from bot.domain.events import SynthesisReady
from bot.ports import ModelInfo
from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import MODELS, with_models
from tests.contracts.schedules import a_schedule
from tests.fakes.council import SYNTHESIS
from tests.fakes.discord.records import Person

MOST, LONGEST = 25, 100


async def suggested(
    lobby: Lobby, *path: str, typed: str = "", focused: str, person: Person | None = None
) -> list[tuple[str, str]]:
    reply = await lobby.discord.autocomplete(
        "council",
        *path,
        {focused: typed},
        focused=focused,
        channel=lobby.channel,
        person=person or lobby.ada,
    )
    return [(one["name"], one["value"]) for one in reply.interaction.choices]


async def test_models_are_searched_for(lobby: Lobby) -> None:
    with_models(lobby, *MODELS)

    found = await suggested(lobby, "config", "seat", typed="sonnet", focused="model")

    assert [value for _, value in found] == ["maker/sonnet-5", "maker/sonnet-6"]


async def test_no_more_and_no_longer_models_than_discord_takes(lobby: Lobby) -> None:
    with_models(lobby, *(ModelInfo(f"maker/{n:02}{'m' * 80}") for n in range(60)))
    with_models(lobby, ModelInfo(f"maker/{'x' * 200}"))

    found = await suggested(lobby, "config", "seat", focused="model")

    assert len(found) <= MOST
    assert all(len(value) <= LONGEST for _, value in found)


async def test_seats_are_those_that_sit_here(lobby: Lobby) -> None:
    found = await suggested(lobby, "config", "seat", focused="replaces")

    assert found == [("Ada", "Ada"), ("Bob", "Bob"), ("The chairman, Chair", "chairman")]


async def test_presets_are_all_to_use_and_the_servers_own_to_drop(lobby: Lobby) -> None:
    tenant = lobby.place(lobby.channel).tenant
    await lobby.desk.team.settings.keep_preset(tenant, "ours", PlaceSettings(pins=1))

    use = await suggested(lobby, "config", "use", focused="preset")
    drop = await suggested(lobby, "config", "drop", focused="preset")

    assert {"quick", "standard", "thorough", "ours"} <= {value for _, value in use}
    assert drop == [("ours", "ours")]


async def test_what_was_asked_here_is_suggested_to_be_shown_or_forgotten(lobby: Lobby) -> None:
    ended = await lobby.have("First, why?", SynthesisReady(SYNTHESIS))
    open_ = await lobby.have("Second, why?")
    await lobby.have("Elsewhere, why?", channel=lobby.discord.add_channel("elsewhere"))

    show = await suggested(lobby, "show", focused="id")
    forget = await suggested(lobby, "forget", focused="what")

    assert [value for _, value in show] == [open_.id, ended.id]
    assert [value for _, value in forget] == ["me", open_.id, ended.id]


@pytest.mark.parametrize("action", ["pause", "resume", "run", "skip", "edit", "remove"])
async def test_schedules_are_those_of_the_channel(lobby: Lobby, action: str) -> None:
    schedule = a_schedule("abc12", lobby.place(lobby.channel))
    await lobby.desk.team.schedules.add(schedule)

    found = await suggested(lobby, "schedule", action, typed="WATCH", focused="id")

    assert found == [("weekdays 09:00 · What should we watch today?", "abc12")]


async def test_providers_are_named_to_admins_alone(lobby: Lobby) -> None:
    root = lobby.discord.add_person("Root", is_admin=True)
    tenant = lobby.place(lobby.channel).tenant
    own = OwnProvider("ours", "cdef", datetime.now(UTC))
    await lobby.desk.team.keys.save(tenant, own, "a-key-of-ours")

    theirs = await suggested(lobby, "keys", "remove", focused="name")
    admins = await suggested(lobby, "keys", "remove", focused="name", person=root)

    assert (theirs, admins) == ([], [("ours", "ours")])


async def test_what_is_asked_every_day_is_told_apart_by_its_day(lobby: Lobby) -> None:
    for day in (1, 2):
        with time_machine.travel(datetime(2026, 9, day, 12, tzinfo=UTC), tick=True):
            await lobby.have(f"What should we watch today, {'x' * 200}?")

    names = [name for name, _ in await suggested(lobby, "show", focused="id")]

    assert [name[-16:] for name in names] == ["Ada · 2026-09-02", "Ada · 2026-09-01"]
    assert all(len(name) <= LONGEST for name in names)

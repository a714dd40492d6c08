"""Whose form it is, and until when: looked at with each click and each form that is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.domain import PlaceSettings
from tests.adapters.discord.lobby import Lobby
from tests.adapters.discord.settings.form import Form, opened, stolen
from tests.fakes.discord.kinds import Kind
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.records import Channel, Person
from tests.fakes.team import set_in

NO_ADMIN = "Only an admin, or somebody whom an admin named, may do this."
TOO_LATE = "This form has been open for too long, or it is not yours; open it again."


async def named(lobby: Lobby, *ids: int) -> None:
    """Let people and roles configure the channel."""
    settings = PlaceSettings(configurers=tuple(map(str, ids)))
    await set_in(lobby.desk.team, lobby.place(lobby.channel), settings)


async def test_a_plain_member_does_not_get_it(lobby: Lobby) -> None:
    assert await lobby.command("config", "edit", {}) == NO_ADMIN


async def test_who_manages_the_server_gets_it(lobby: Lobby) -> None:
    managers = lobby.discord.add_role("Managers", permissions=Permission.MANAGE_GUILD)
    manager = lobby.discord.add_person("Manager", roles=[managers])

    assert "## Settings" in (await opened(lobby, manager)).text


async def test_whoever_is_named_gets_it_for_the_channel_alone(lobby: Lobby) -> None:
    cooks = lobby.discord.add_role("Cooks")
    bob = lobby.discord.add_person("Bob", roles=[cooks])
    await named(lobby, cooks.id)

    form = await opened(lobby, bob)

    assert "## Settings" in form.text
    assert await lobby.command("config", "edit", {"workspace": True}, person=bob) == NO_ADMIN


async def test_nobody_gets_it_in_direct_messages(lobby: Lobby) -> None:
    root = lobby.discord.add_person("Root", is_admin=True)

    said = await lobby.command(
        "config", "edit", {}, channel=lobby.discord.direct(root), person=root
    )

    assert said == NO_ADMIN


async def test_who_is_demoted_changes_nothing_more(form: Form) -> None:
    await form.click("How it answers")
    modal = await form.open("Deadlines …")
    before = form.text
    form.lobby.discord.change_member(form.person, roles=[])

    said = [
        await form.click("mode", "fast"),
        await form.click("Save"),
        await form.enter(modal, call="60"),
    ]

    assert said == [NO_ADMIN] * 3
    assert form.text == before
    assert await form.stored() == PlaceSettings()


async def test_who_is_demoted_opens_no_small_form(form: Form) -> None:
    form.lobby.discord.change_member(form.person, roles=[])

    assert await form.click("Add a member") == NO_ADMIN


async def test_anothers_ticket_is_void(form: Form) -> None:
    other = form.lobby.discord.add_person("Two", is_admin=True)
    theirs = Form(form.lobby, other, stolen(form))

    said = [await theirs.click("Save"), await theirs.click("Add a member")]

    assert said == [TOO_LATE] * 2


async def test_a_ticket_of_another_server_is_void(form: Form) -> None:
    guild = form.lobby.discord.add_guild("Other", owner=form.person)
    elsewhere = form.lobby.discord.add_channel("elsewhere", guild=guild)
    message = form.lobby.bot_says(form.message.components, channel=elsewhere)

    assert await Form(form.lobby, form.person, message).click("Save") == TOO_LATE


async def test_after_half_a_day_it_is_opened_again(form: Form) -> None:
    modal = await form.open("Add a member")
    later = datetime.now(UTC) + timedelta(hours=12, minutes=1)

    with time_machine.travel(later, tick=True):
        said = await form.enter(modal, model="maker/opus-6")

    assert said == TOO_LATE


@pytest.mark.parametrize("forged", ["", "x", "'; --", "x" * 80])
async def test_a_forged_ticket_is_void(form: Form, forged: str) -> None:
    modal = await form.open("Add a member")
    modal.document["custom_id"] = f"council:put-new:{forged}"

    assert await form.enter(modal, model="maker/opus-6") == TOO_LATE


@pytest.mark.parametrize("action", ["set-x", "set-save-x", "set-inherit-x", "set-edit-x"])
async def test_a_forged_button_does_nothing(form: Form, action: str) -> None:
    ticket = str(form.part("Save")["custom_id"]).rpartition(":")[2]
    part = dict(form.part("Save"))
    part["custom_id"] = f"council:{action}:{ticket}"
    message = form.lobby.bot_says([{"type": 1, "components": [part]}])

    await Form(form.lobby, form.person, message).click("Save")

    assert await form.stored() == PlaceSettings()


async def test_no_id_of_a_part_says_more_than_what_it_does_and_its_ticket(form: Form) -> None:
    await form.fill("Add a member", model="maker/opus-6", persona="secret")

    names = [part["custom_id"] for part in form.parts() if "custom_id" in part]

    assert len(names) > 8
    assert all(len(name) <= 100 for name in names)
    assert not any("secret" in name or "opus" in name for name in names)


def private_thread(lobby: Lobby, *people: Person) -> Channel:
    thread = lobby.discord.new_thread(lobby.channel, "Aside", people[0])
    thread.kind = Kind.PRIVATE_THREAD
    for person in (*people, lobby.discord.bot):
        thread.thread_members[person.id] = 0.0
    return lobby.discord.open_thread(thread)


async def test_in_a_private_thread_the_settings_are_those_of_its_channel(lobby: Lobby) -> None:
    root = lobby.discord.add_person("Root", is_admin=True)
    thread = private_thread(lobby, root)

    reply = await lobby.give("config", "edit", {}, channel=thread, person=root)
    await lobby.outcome(reply)

    assert reply.message is not None
    assert f"<#{lobby.channel.id}>" in Form(lobby, root, reply.message).text


async def test_a_private_thread_is_no_way_around_who_may_ask(lobby: Lobby) -> None:
    await set_in(lobby.desk.team, lobby.place(lobby.channel), PlaceSettings(askers=("1",)))
    thread = private_thread(lobby, lobby.ada)

    said = await lobby.ask("Which one, and why?", thread)

    assert said == "Only some people may ask here. An admin can name you under /council config."
    assert await lobby.cost_nothing()

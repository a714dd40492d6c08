"""Who somebody is."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Person, Tie
from bot.errors import ChatError
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.slack import faults
from tests.fakes.slack.server import SlackServer


async def person(lobby: Lobby, user: str, name: str = "") -> Person:
    return await lobby.desk.people.person(user, lobby.slack.workspace.team_id, name)


@pytest.mark.parametrize(
    ("role", "is_admin", "tie"),
    [
        ("member", False, Tie.MEMBER),
        ("guest", False, Tie.GUEST),
        ("admin", True, Tie.MEMBER),
        ("owner", True, Tie.MEMBER),
        ("app", False, Tie.APP),
    ],
)
async def test_rights_are_as_slack_says(
    lobby: Lobby, role: str, tie: Tie, *, is_admin: bool
) -> None:
    ada = lobby.slack.add_person(
        "Ada",
        is_admin=role == "admin",
        is_owner=role == "owner",
        is_guest=role == "guest",
        is_bot=role == "app",
    )

    assert await person(lobby, ada.id) == Person(ada.id, "Ada", is_admin=is_admin, tie=tie)


async def test_the_deleted_the_bots_and_the_bot_itself_have_names(lobby: Lobby) -> None:
    gone = lobby.slack.add_person("Gone")
    gone.is_deactivated = True
    robot = lobby.slack.add_person("Robot", is_bot=True)

    assert (await person(lobby, gone.id)).name == "Gone"
    assert (await person(lobby, robot.id)).name == "Robot"
    assert (await person(lobby, lobby.slack.workspace.bot_user_id)).name == "Council"


async def test_a_stranger_of_a_connected_workspace_has_a_name_and_no_rights(lobby: Lobby) -> None:
    abroad = lobby.slack.add_workspace("Abroad", is_installed=False)
    boss = lobby.slack.add_person("Boss", workspace=abroad, is_owner=True)
    lobby.slack.add_channel("shared", is_shared=True, members=[boss])

    stranger = Person(boss.id, "Boss", is_admin=False, tie=Tie.STRANGER)
    assert await person(lobby, boss.id) == stranger


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible", "missing_scope"])
async def test_whom_slack_does_not_show_is_called_as_the_delivery_says(
    lobby: Lobby, code: str
) -> None:
    lobby.slack.faults.add("users.info", faults.error(code), times=None)

    assert await person(lobby, "U0NOBODY", "ada") == Person("U0NOBODY", "ada")
    assert await person(lobby, "U0NOBODY") == Person("U0NOBODY", "somebody")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"display_name": " ada ", "real_name": "Ada Lovelace"}, "ada"),
        ({"display_name": "", "real_name": "Ada Lovelace"}, "Ada Lovelace"),
        ({"display_name": " ", "real_name": ""}, "ada.l"),
        ({}, "ada.l"),
    ],
)
async def test_the_name_is_what_others_see(lobby: Lobby, names: dict[str, str], shown: str) -> None:
    answer = {"ok": True, "user": {"profile": names, "name": "ada.l", **names}}
    fault = faults.Fault("named", status=200, answer={**answer, "error": ""})
    lobby.slack.faults.add("users.info", fault)

    assert (await person(lobby, "U1")).name == shown


async def test_nobody_in_particular_is_somebody(lobby: Lobby) -> None:
    fault = faults.Fault("empty", status=200, answer={"ok": True, "user": {}, "error": ""})
    lobby.slack.faults.add("users.info", fault)

    assert await person(lobby, "U1", "ada") == Person("U1", "somebody", tie=Tie.STRANGER)


async def test_somebody_is_looked_up_once_a_minute(lobby: Lobby) -> None:
    names = await asyncio.gather(*(person(lobby, lobby.kim.id) for _ in range(30)))

    assert {known.name for known in names} == {"kim"}
    assert lobby.slack.count("users.info") == 1


async def test_what_failed_is_looked_up_again(lobby: Lobby) -> None:
    lobby.slack.faults.add("users.info", faults.status(503))

    before, after = await person(lobby, lobby.kim.id), await person(lobby, lobby.kim.id)

    assert (before.name, after.name) == ("somebody", "kim")


async def test_the_team_of_a_person_is_the_workspace(lobby: Lobby) -> None:
    team = lobby.slack.workspace.team_id

    assert await lobby.desk.people.team_of(lobby.kim.id, team) == team
    assert lobby.slack.count("users.info") == 0


async def test_in_an_organisation_the_team_is_looked_up(slack: SlackServer) -> None:
    slack.workspace.enterprise_id = "E0ORG"
    slack.install(slack.workspace, slack.workspace.scopes, is_org_wide=True)
    async with open_lobby(slack) as lobby:
        people = lobby.desk.people
        assert await people.team_of(lobby.kim.id, "E0ORG") == slack.workspace.team_id
        slack.faults.add("users.info", faults.error("user_not_found"))
        with pytest.raises(ChatError):
            await people.team_of("U0NOBODY", "E0ORG")

"""User groups: looked up where some are named, and never guessed."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import PlaceSettings
from tests.adapters.slack.lobby import Lobby, open_lobby
from tests.fakes.slack import faults
from tests.fakes.slack.server import SlackServer

REFUSED = "Only some people may ask here."


async def name_writers(lobby: Lobby, *, is_kim_in: bool = True) -> None:
    """Let only the writers ask."""
    writers = lobby.slack.add_group("Writers", people=[lobby.kim] if is_kim_in else [])
    await lobby.set(PlaceSettings(askers=(writers.id,)))


async def test_without_a_named_group_none_is_looked_up(lobby: Lobby) -> None:
    await lobby.set(PlaceSettings(askers=(lobby.kim.id,)))

    assert await lobby.command("Why is that?") is None
    assert lobby.slack.count("usergroups.list") == 0


async def test_somebody_of_a_named_group_may_ask(lobby: Lobby) -> None:
    await name_writers(lobby)

    assert await lobby.command("Why is that?") is None


async def test_many_at_once_look_once(lobby: Lobby) -> None:
    await name_writers(lobby)

    await asyncio.gather(*(lobby.command(f"Why is {number}?") for number in range(10)))

    assert len(await lobby.asked()) == 10
    assert lobby.slack.count("usergroups.list") == 1


TROUBLES = {
    "no right": faults.error("missing_scope"),
    "small plan": faults.error("plan_upgrade_required"),
    "rate limit": faults.rate_limited(60),
    "trouble": faults.status(503),
    "silence": faults.silence(30),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=list(TROUBLES))
async def test_what_slack_does_not_say_grants_nothing(lobby: Lobby, trouble: faults.Fault) -> None:
    await name_writers(lobby)
    lobby.slack.faults.add("usergroups.list", trouble, times=None)

    said = await lobby.command("Why is that?")

    assert said is not None
    assert said.startswith(REFUSED)
    assert await lobby.cost_nothing()


async def test_somebody_of_no_named_group_may_not(lobby: Lobby) -> None:
    await name_writers(lobby, is_kim_in=False)

    assert str(await lobby.command("Why is that?")).startswith(REFUSED)


async def test_a_group_that_was_disabled_grants_nothing(lobby: Lobby) -> None:
    await name_writers(lobby)
    for group in lobby.slack.groups.values():
        group.is_disabled = True

    assert str(await lobby.command("Why is that?")).startswith(REFUSED)


async def test_in_an_organisation_the_groups_are_those_of_the_persons_team(
    slack: SlackServer,
) -> None:
    slack.workspace.enterprise_id = "E0ORG"
    slack.install(slack.workspace, slack.workspace.scopes, is_org_wide=True)
    async with open_lobby(slack) as lobby:
        writers = slack.add_group("Writers", people=[lobby.kim])

        assert await lobby.desk.groups.of(lobby.kim.id, "E0ORG") == (writers.id,)

"""User groups, through the real slack_sdk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.slack.records import Person
from tests.fakes.slack.sample_app import error_of
from tests.fakes.slack.server import SlackServer


async def test_groups_are_listed_with_who_is_in_them(
    slack: SlackServer, client: Any, ada: Person
) -> None:
    writers = slack.add_group("Tech Writers", people=[ada])
    gone = slack.add_group("Gone")
    gone.is_disabled = True

    plain = await client.usergroups_list()
    with_users = await client.usergroups_list(include_users=True, include_disabled=True)

    assert [(group["id"], group["handle"]) for group in plain["usergroups"]] == [
        (writers.id, "tech-writers")
    ]
    assert "users" not in plain["usergroups"][0]
    assert [group["users"] for group in with_users["usergroups"]] == [[ada.id], []]
    users = await client.usergroups_users_list(usergroup=writers.id)
    assert users["users"] == [ada.id]


@pytest.mark.parametrize("trouble", ["no right", "small plan", "unknown", "organisation"])
async def test_what_slack_refuses(slack: SlackServer, client: Any, trouble: str) -> None:
    if trouble == "no right":
        client.token = slack.install(slack.workspace, ["users:read"]).value
        assert await error_of(client.usergroups_list()) == "missing_scope"
    elif trouble == "small plan":
        slack.has_groups = False
        assert await error_of(client.usergroups_list()) == "plan_upgrade_required"
    elif trouble == "unknown":
        assert await error_of(client.usergroups_users_list(usergroup="S0")) == "no_such_subteam"
    else:
        team = slack.workspace
        team.enterprise_id = "E0ORG"
        client.token = slack.install(team, team.scopes, is_org_wide=True).value
        assert await error_of(client.usergroups_list()) == "missing_argument"
        assert (await client.usergroups_list(team_id=team.team_id))["usergroups"] == []

"""auth.*, users.*, bots.info and team.info: who is who."""

from __future__ import annotations

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_bot_user, wire_of_person


def _test_auth(asked: Asked) -> Json:
    """Who the token is; with an org-wide one the organisation stands for the workspace."""
    workspace = asked.workspace
    identity: Json = {
        "url": workspace.url,
        "team": workspace.name,
        "user": "council",
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": asked.token.is_org_wide,
    }
    if workspace.enterprise_id is not None:
        identity["enterprise_id"] = workspace.enterprise_id
    if asked.token.is_org_wide:
        identity["team_id"] = workspace.enterprise_id
        identity["url"] = f"https://{workspace.domain}.enterprise.slack.com/"
    return identity


def _revoke(asked: Asked) -> Json:
    if not asked.flag("test"):
        asked.token.trouble = "token_revoked"
        asked.world.changed()
    return {"revoked": not asked.flag("test")}


def _test_api(asked: Asked) -> Json:
    if (error := asked.text("error")) is not None:
        refuse(error)
    return {"args": asked.arguments}


def _user_info(asked: Asked) -> Json:
    user = asked.text("user")
    for workspace in asked.world.workspaces:
        if workspace.bot_user_id == user and asked.token.reaches(workspace):
            return {"user": wire_of_bot_user(workspace)}
    return {"user": wire_of_person(asked.person())}


def _list_users(asked: Asked) -> Json:
    workspace = asked.workspace
    people = [p for p in asked.world.people.values() if p.workspace is workspace]
    users = [wire_of_bot_user(workspace), *map(wire_of_person, people)]
    page, cursor = asked.page(users, default=1000)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _bot_info(asked: Asked) -> Json:
    wanted = asked.text("bot")
    reached = (w for w in asked.world.workspaces if asked.token.reaches(w))
    workspace = next((w for w in reached if wanted in (None, w.bot_id)), None)
    if workspace is None:
        refuse("bot_not_found")
    bot: Json = {
        "id": workspace.bot_id,
        "deleted": not workspace.is_installed,
        "name": "Council",
        "updated": 1_700_000_000,
        "app_id": workspace.app_id,
        "user_id": workspace.bot_user_id,
        "icons": {},
    }
    return {"bot": bot}


def _team_info(asked: Asked) -> Json:
    wanted = asked.text("team")
    workspaces = [w for w in asked.world.workspaces if asked.token.reaches(w)]
    known = [w for w in workspaces if wanted in (None, w.team_id)]
    if not known:
        refuse("team_not_found")
    workspace = known[0] if wanted else asked.workspace
    team: Json = {
        "id": workspace.team_id,
        "name": workspace.name,
        "domain": workspace.domain,
        "url": workspace.url,
        "email_domain": "",
        "icon": {"image_default": True},
    }
    if workspace.enterprise_id is not None:
        team |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": "Enterprise"}
    return {"team": team}


METHODS = {
    "auth.test": Method(_test_auth),
    "auth.revoke": Method(_revoke),
    "api.test": Method(_test_api, token=None),
    "users.info": Method(_user_info, ("users:read",)),
    "users.list": Method(_list_users, ("users:read",)),
    "bots.info": Method(_bot_info, ("users:read",)),
    "team.info": Method(_team_info, ("team:read",)),
}

"""usergroups.*: user groups and who is in them."""

from __future__ import annotations

from tests.fakes.shapes import Json
from tests.fakes.slack.asked import Asked, Method
from tests.fakes.slack.records import Workspace
from tests.fakes.slack.refused import refuse
from tests.fakes.slack.wire import wire_of_group


def _list(asked: Asked) -> Json:
    """List the groups; those that are disabled only if wanted."""
    home, with_users = _home(asked), asked.flag("include_users")
    known = (group for group in asked.world.groups.values() if group.workspace is home)
    shown = [group for group in known if not group.is_disabled or asked.flag("include_disabled")]
    return {"usergroups": [wire_of_group(group, with_users=with_users) for group in shown]}


def _list_users(asked: Asked) -> Json:
    home, group = _home(asked), asked.world.groups.get(asked.text("usergroup") or "")
    if group is None or group.workspace is not home or group.is_disabled:
        refuse("no_such_subteam")
    return {"users": list(group.people)}


def _home(asked: Asked) -> Workspace:
    """Give the workspace; an org-wide token must say which, and plans below Pro have no groups."""
    if asked.token.is_org_wide and asked.text("team_id") is None:
        refuse("missing_argument")
    if not asked.world.has_groups:
        refuse("plan_upgrade_required")
    return asked.workspace


METHODS = {
    "usergroups.list": Method(_list, ("usergroups:read",)),
    "usergroups.users.list": Method(_list_users, ("usergroups:read",)),
}

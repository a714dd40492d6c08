"""The user groups of a workspace, and who is in them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from adapters.slack.lookups import Lookups
from adapters.slack.people import People
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.http import Json
from bot.errors import ChatError

# As for people, and beside them.
_WITHIN_S = 1.0
_FRESH_S = 60.0
_PREFIX = "S"
_PERSON = re.compile(r"[UW][A-Z\d]+")


@dataclass(frozen=True, slots=True)
class Group:
    """A user group, by the name that people know it by."""

    id: str
    name: str
    people: frozenset[str]


class Groups:
    """Looks all groups of a workspace up in one call and remembers them for a minute."""

    def __init__(self, api: SlackApi, people: People) -> None:
        self._api = api
        self._people = people
        self._known = Lookups(self._look, fresh_s=_FRESH_S)

    async def of(self, user: str, workspace: str, *, is_fresh: bool = False) -> tuple[str, ...]:
        """Return the ids of somebody's groups; none if Slack does not say so at once."""
        try:
            async with asyncio.timeout(_WITHIN_S):
                groups = await self.all(user, workspace, is_fresh=is_fresh)
        except (ChatError, TimeoutError):
            return ()
        return tuple(group.id for group in groups if user in group.people)

    async def all(self, user: str, workspace: str, *, is_fresh: bool = False) -> tuple[Group, ...]:
        """Return all groups of somebody's team, by name. Raises `ChatError`."""
        team = await self._people.team_of(user, workspace)
        if is_fresh:
            self._known.forget(workspace, team)
        return await self._known.get(workspace, team)

    async def _look(self, workspace: str, team: str) -> tuple[Group, ...]:
        asked = {"include_users": True, "team_id": team}
        answer = await self._api.call("usergroups.list", workspace, asked, within_s=_WITHIN_S)
        found = map(_group, answer.get("usergroups") or ())
        return tuple(sorted(found, key=lambda group: group.name.lower()))


def is_group(name: str) -> bool:
    """Say whether an id is a user group's."""
    return name.startswith(_PREFIX)


def is_person(name: str) -> bool:
    """Say whether an id is a person's; what else is named was imported, and is nobody here."""
    return _PERSON.fullmatch(name) is not None


def _group(found: Json) -> Group:
    """https://docs.slack.dev/reference/objects/usergroup-object."""
    name = str(found.get("name") or found.get("handle") or found["id"])
    return Group(str(found["id"]), name, frozenset(found.get("users") or ()))

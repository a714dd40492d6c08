"""Who somebody is in Slack, as Slack says at the moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from adapters.slack.lookups import Lookups
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.http import Json
from bot.domain import Person
from bot.errors import ChatError

# Slack wants its acknowledgement within 3 s, and the channel is looked up before this.
_WITHIN_S = 1.0
# Rights are looked up at each use, but not oftener than this.
_FRESH_S = 60.0
_NOBODY = "somebody"
_ORGANISATION = "E"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the team they belong to."""

    person: Person
    team: str


class People:
    """Looks people up and remembers them for a minute."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._known = Lookups(self._look, fresh_s=_FRESH_S)

    async def person(self, user: str, workspace: str, name: str = "") -> Person:
        """Return somebody with a name and rights.

        If Slack does not say so at once, with the name that is given and without rights.
        """
        try:
            async with asyncio.timeout(_WITHIN_S):
                return (await self._known.get(workspace, user)).person
        except (ChatError, TimeoutError):
            return Person(user, name or _NOBODY)

    async def team_of(self, user: str, workspace: str) -> str:
        """Return the team of a person; it is the workspace itself unless that is an organisation.

        Raises `ChatError`.
        """
        if not workspace.startswith(_ORGANISATION):
            return workspace
        return (await self._known.get(workspace, user)).team

    async def _look(self, workspace: str, user: str) -> Profile:
        asked = {"user": user}
        answer = await self._api.call("users.info", workspace, asked, within_s=_WITHIN_S)
        found: Json = answer["user"]
        is_admin = bool(found.get("is_admin") or found.get("is_owner"))
        person = Person(user, _name(found), is_admin and _belongs(found, workspace))
        return Profile(person, str(found.get("team_id") or ""))


def _belongs(user: Json, workspace: str) -> bool:
    """Say whether somebody is of this workspace or organisation, not of a connected one."""
    organisation: Json = user.get("enterprise_user") or {}
    return workspace in (user.get("team_id"), organisation.get("enterprise_id"))


def _name(user: Json) -> str:
    """Return what others see: https://docs.slack.dev/reference/objects/user-object."""
    profile: Json = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    return next((name.strip() for name in names if name and name.strip()), _NOBODY)

"""Who somebody is in Slack, as Slack says at the moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from adapters.slack.lookups import Lookups
from adapters.slack.wire.api import SlackApi
from adapters.slack.wire.http import Json
from bot.domain import Person, Tie
from bot.errors import ChatError

# Slack wants its acknowledgement within 3 s, and the channel is looked up before this.
_WITHIN_S = 1.0
# Rights are looked up at each use, but not oftener than this.
_FRESH_S = 60.0
_NOBODY = "somebody"
_ORGANISATION = "E"
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the team they belong to; who `has_left` cannot log in any more."""

    person: Person
    team: str
    has_left: bool = False


class People:
    """Looks people up and remembers them for a minute."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._known = Lookups(self._look, fresh_s=_FRESH_S)

    async def person(
        self, user: str, workspace: str, name: str = "", *, is_fresh: bool = False
    ) -> Person:
        """Return somebody with a name and rights, `is_fresh` if not as they were a minute ago.

        If Slack does not say so at once, with the name that is given and without rights.
        """
        if is_fresh:
            self._known.forget(workspace, user)
        try:
            async with asyncio.timeout(_WITHIN_S):
                return (await self.profile(user, workspace)).person
        except (ChatError, TimeoutError):
            return Person(user, name or _NOBODY)

    async def profile(self, user: str, workspace: str) -> Profile:
        """Return somebody as Slack says. Raises `ChatError`."""
        return await self._known.get(workspace, user)

    async def team_of(self, user: str, workspace: str) -> str:
        """Return the team of a person; it is the workspace itself unless that is an organisation.

        Raises `ChatError`.
        """
        if not workspace.startswith(_ORGANISATION):
            return workspace
        return (await self.profile(user, workspace)).team

    async def _look(self, workspace: str, user: str) -> Profile:
        asked = {"user": user}
        answer = await self._api.call("users.info", workspace, asked, within_s=_WITHIN_S)
        found: Json = answer["user"]
        tie = _tie(user, found, workspace)
        is_admin = bool(found.get("is_admin") or found.get("is_owner")) and tie is Tie.MEMBER
        person = Person(user, _name(found), is_admin, tie=tie)
        has_left = bool(found.get("deleted"))
        return Profile(person, str(found.get("team_id") or ""), has_left=has_left)


def _tie(user: str, found: Json, workspace: str) -> Tie:
    """https://docs.slack.dev/reference/objects/user-object; whoever has left is a stranger."""
    if user == _SLACKBOT or found.get("is_bot") or found.get("is_workflow_bot"):
        return Tie.APP
    if found.get("deleted") or not _belongs(found, workspace):
        return Tie.STRANGER
    is_guest = found.get("is_restricted") or found.get("is_ultra_restricted")
    return Tie.GUEST if is_guest else Tie.MEMBER


def _belongs(user: Json, workspace: str) -> bool:
    """Say whether somebody is of this workspace or organisation, not of a connected one."""
    organisation: Json = user.get("enterprise_user") or {}
    teams = (user.get("team_id"), organisation.get("enterprise_id"))
    return workspace in teams or workspace in (organisation.get("teams") or ())


def _name(user: Json) -> str:
    """Return what others see: https://docs.slack.dev/reference/objects/user-object."""
    profile: Json = user.get("profile") or {}
    names = (profile.get("display_name"), user.get("real_name"), user.get("name"))
    return next((name.strip() for name in names if name and name.strip()), _NOBODY)

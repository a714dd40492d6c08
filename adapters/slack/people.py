"""Who somebody is in Slack, as Slack says at the moment."""

from __future__ import annotations

import time
from dataclasses import dataclass

from adapters.slack.api import SlackApi
from bot.domain import Person
from bot.errors import ChatError

# Rights are looked up at each use, but not oftener than this.
_FRESH_S = 60.0
_WITHIN_S = 1.0
_MOST_KNOWN = 10_000
_ORGANISATION = "E"


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with the team they belong to; a bot is no person to listen to."""

    person: Person
    team: str
    is_bot: bool


class People:
    """Looks people up and remembers them for a minute."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api
        self._known: dict[tuple[str, str], tuple[float, Profile]] = {}

    async def profile(self, user: str, workspace: str) -> Profile:
        """Return who somebody is. Raises `ChatError`."""
        until, known = self._known.get((workspace, user), (0.0, None))
        if known is not None and until > time.monotonic():
            return known
        answer = await self._api.call("users.info", workspace, {"user": user}, within_s=_WITHIN_S)
        found = _profile(user, answer["user"])
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[workspace, user] = (time.monotonic() + _FRESH_S, found)
        return found

    async def person(self, user: str, workspace: str, name: str = "") -> Person:
        """Return somebody with a name and rights; without rights if Slack does not answer."""
        try:
            return (await self.profile(user, workspace)).person
        except ChatError:
            return Person(user, name or "somebody")

    async def team_of(self, user: str, workspace: str) -> str:
        """Return the team of a person; it is the workspace itself unless that is an organisation.

        Raises `ChatError`.
        """
        if not workspace.startswith(_ORGANISATION):
            return workspace
        return (await self.profile(user, workspace)).team


def _profile(user: str, said: object) -> Profile:
    match said:
        case {"profile": {"display_name": str(display)}} if display.strip():
            name = display
        case {"real_name": str(real)} if real.strip():
            name = real
        case {"name": str(handle)} if handle.strip():
            name = handle
        case _:
            name = "somebody"
    fields: dict[str, object] = said if isinstance(said, dict) else {}
    is_admin = bool(fields.get("is_admin") or fields.get("is_owner"))
    person = Person(user, name.strip(), is_admin=is_admin)
    return Profile(person, str(fields.get("team_id") or ""), bool(fields.get("is_bot")))

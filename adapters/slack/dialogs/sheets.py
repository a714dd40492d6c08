"""What is kept of a form while it is open; the window itself only holds a ticket for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from adapters.slack.caller import PLATFORM, Caller
from adapters.slack.desk import SlackDesk
from adapters.slack.wire.http import Json
from bot.desk import TOO_LATE
from bot.domain import Person, Place, PlaceSettings
from bot.errors import NotFound
from bot.team.settings.configuring import Draft, opened
from bot.team.settings.documents import to_toml, unchecked

_FORM = "slack settings"


@dataclass(frozen=True, slots=True)
class Window:
    """The window with the overview, at a version of it."""

    id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Settings while somebody edits them.

    `part` is what the window shows of them, empty for the overview. `edition` grows when what was
    chosen there must give way to something else. `overview` is None in the overview itself.
    """

    draft: Draft
    part: str = ""
    edition: int = 0
    overview: Window | None = None

    def having(self, settings: PlaceSettings) -> Sheet:
        """Return the same with other settings."""
        return replace(self, draft=replace(self.draft, settings=settings))


async def opened_sheet(desk: SlackDesk, caller: Caller, *, is_workspace: bool) -> Sheet:
    """Return what is set where somebody is. Raises `NotAllowed`."""
    place = Place(PLATFORM, caller.workspace, "" if is_workspace else caller.channel)
    return Sheet(await opened(desk.team, await desk.person(caller), place))


async def kept_sheet(
    desk: SlackDesk, caller: Caller, view: Json, *, is_fresh: bool = False
) -> tuple[Person, Sheet]:
    """Return who uses a window and what was kept for it, if they are allowed to, at the moment.

    Raises `NotFound` if it was open for too long or is another person's, `NotAllowed`.
    """
    ticket = str(view.get("private_metadata") or "")
    kept = await desk.kept(_FORM, ticket, workspace=caller.workspace, user=caller.user)
    if kept is None:
        raise NotFound(TOO_LATE)
    content = cast("Mapping[str, Any]", kept)
    place = Place(PLATFORM, caller.workspace, content["channel"])
    here = replace(caller, channel=place.channel)
    person = await desk.person(here, is_fresh=is_fresh)
    now = await opened(desk.team, person, place)
    settings = unchecked(content["settings"])
    draft = replace(now, settings=settings, number=content["number"])
    window = content["overview"] and Window(*content["overview"])
    return person, Sheet(draft, content["part"], content["edition"], window)


async def ticket_of(desk: SlackDesk, caller: Caller, sheet: Sheet) -> str:
    """Keep a sheet, and return the ticket for it."""
    overview = sheet.overview
    content = {
        "workspace": caller.workspace,
        "user": caller.user,
        "channel": sheet.draft.place.channel,
        "number": sheet.draft.number,
        "settings": to_toml(sheet.draft.settings),
        "part": sheet.part,
        "edition": sheet.edition,
        "overview": None if overview is None else [overview.id, overview.digest],
    }
    return await desk.keep(_FORM, content)


async def is_kept(desk: SlackDesk, caller: Caller, view: Json) -> bool:
    """Say whether a window is one that was opened for its user."""
    ticket = str(view.get("private_metadata") or "")
    whose = {"workspace": caller.workspace, "user": caller.user}
    return await desk.kept(_FORM, ticket, **whose) is not None

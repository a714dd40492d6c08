"""Settings while somebody edits them, kept between two clicks of that person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from adapters.discord.caller import Caller
from adapters.discord.desk import DiscordDesk
from bot.domain import Place, PlaceSettings, Seat
from bot.errors import BadConfig, NotAllowed
from bot.team.settings.checks import faults
from bot.team.settings.configuring import Draft, opened
from bot.team.settings.documents import to_toml, unchecked

_FORM = "discord settings"
CHAIRMAN = "chairman"
NEW = "new"

_TOO_LATE = "This form has been open for too long, or it is not yours; open it again."


@dataclass(frozen=True, slots=True)
class Editing:
    """A draft, and how far its person has come; `stored` is what is set at the moment.

    `seat` is the one that they have chosen: the number of a member, `CHAIRMAN`, or empty.
    `unfinished` is a seat that cannot be filled so, such as one whose model must still be chosen
    from what was found for `words`.
    """

    draft: Draft
    stored: PlaceSettings
    seat: str = ""
    unfinished: Seat | None = None

    @property
    def words(self) -> str:
        """What was typed in place of a model's name."""
        return self.unfinished.model if self.unfinished else ""

    @property
    def is_changed(self) -> bool:
        """There is something to save."""
        return self.draft.settings != self.stored

    def changed(self, settings: PlaceSettings) -> Editing:
        """Return it with other settings. Raises `BadConfig` for what can never be saved."""
        for fault in faults(settings):
            raise BadConfig(fault.sentence)
        return Editing(replace(self.draft, settings=settings), self.stored)


async def begun(desk: DiscordDesk, caller: Caller, *, is_workspace: bool) -> Editing:
    """Begin to edit what is set where somebody is. Raises `NotAllowed`."""
    place = replace(caller.home, channel="") if is_workspace else caller.home
    return await fresh(desk, caller, place)


async def fresh(desk: DiscordDesk, caller: Caller, place: Place) -> Editing:
    """Begin to edit what is set in a place. Raises `NotAllowed`."""
    draft = await opened(desk.team, caller.person, place)
    return Editing(draft, draft.settings)


async def keep(desk: DiscordDesk, caller: Caller, editing: Editing) -> str:
    """Keep a draft for its person, and return the ticket for it."""
    draft, seat = editing.draft, editing.unfinished
    kept = {
        "workspace": draft.place.workspace,
        "user": caller.person.id,
        "channel": draft.place.channel,
        "number": draft.number,
        "settings": to_toml(draft.settings),
        "seat": editing.seat,
        "unfinished": seat and [seat.name, seat.model, seat.persona, list(seat.fallbacks)],
    }
    return await desk.keep(_FORM, kept)


async def kept(desk: DiscordDesk, caller: Caller, ticket: str) -> Editing:
    """Return what was kept; whoever clicks must still be allowed to. Raises `NotAllowed`."""
    whose = {"workspace": caller.workspace, "user": caller.person.id}
    found = await desk.kept(_FORM, ticket, **whose)
    if found is None:
        raise NotAllowed(_TOO_LATE)
    place = Place(caller.home.platform, caller.workspace, str(found["channel"]))
    draft = await opened(desk.team, caller.person, place)
    settings, number = unchecked(str(found["settings"])), cast("int", found["number"])
    edited = replace(draft, settings=settings, number=number)
    return Editing(edited, draft.settings, str(found["seat"]), _seat(found))


def _seat(found: Mapping[str, object]) -> Seat | None:
    seat = cast("tuple[str, str, str | None, list[str]] | None", found["unfinished"])
    if seat is None:
        return None
    name, model, persona, fallbacks = seat
    return Seat(name, model, persona, tuple(fallbacks))

"""The providers that a workspace brought along."""

from __future__ import annotations

from bot.commands import Keys
from bot.desk import Desk
from bot.domain import OwnProvider, Person, Place
from bot.replies.reply import Reply
from bot.team.bringing import take_away
from bot.team.rights import check_admin
from bot.untrusted import one_line

_NONE = "This workspace has brought no provider; you can bring one under /council keys."
_THESE = "This workspace has brought these providers:"
_WHICH = "Which one? Put its name after remove."


async def manage_keys(desk: Desk, person: Person, place: Place, command: Keys) -> Reply:
    """List or remove them, for an admin. Raises `WrongUse`."""
    check_admin(person)
    if command.action == "remove":
        if not command.argument:
            lines = await _lines(desk, place)
            return Reply(_WHICH if lines else _NONE, lines=lines)
        return Reply(await take_away(desk.team, person, place.tenant, command.argument))
    lines = await _lines(desk, place)
    return Reply(_THESE if lines else _NONE, lines=lines)


async def _lines(desk: Desk, place: Place) -> tuple[str, ...]:
    return tuple(_line(own) for own in await desk.team.keys.all(place.tenant))


def _line(own: OwnProvider) -> str:
    address = "" if own.base_url is None else f" at {own.base_url}"
    since = f"{own.changed_at:%Y-%m-%d}"
    return one_line(f"{own.name}{address}: key ends in {own.hint}, since {since}")

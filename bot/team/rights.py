"""Who may ask, and who may configure, by what the platform says of a person at the moment."""

from __future__ import annotations

from bot.domain import Person, Terms, Tie
from bot.errors import NotAllowed

_NO_APPS = "Apps and bots cannot use the council."
_NO_GUESTS = "Guests may ask here only if an admin names them under /council config."
_NO_STRANGERS = (
    "People of another workspace may ask here only if an admin names them under /council config."
)
_NOT_NAMED = "Only some people may ask here. An admin can name you under /council config."
_NO_ADMIN = "Only an admin, or somebody whom an admin named, may do this."
_ADMINS_ONLY = "Only an admin may do this."


def check_asking(person: Person, terms: Terms) -> None:
    """Raise `NotAllowed` if somebody may not ask."""
    if fault := _fault(person, terms):
        raise NotAllowed(fault)


def check_configuring(person: Person, terms: Terms) -> None:
    """Raise `NotAllowed` if somebody may not change what is set."""
    if not may_configure(person, terms):
        raise NotAllowed(_NO_ADMIN)


def check_admin(person: Person) -> None:
    """Raise `NotAllowed` unless somebody is an admin: keys, and what is forgotten of others."""
    if person.tie is Tie.APP or not person.is_admin:
        raise NotAllowed(_ADMINS_ONLY)


def may_configure(person: Person, terms: Terms) -> bool:
    """Say whether somebody may change what is set."""
    if person.tie is Tie.APP:
        return False
    return person.is_admin or _is_named(person, terms.configurers)


def _fault(person: Person, terms: Terms) -> str | None:
    if person.tie is Tie.APP:
        return _NO_APPS
    if person.is_admin or _is_named(person, terms.askers):
        return None
    match person.tie:
        case Tie.GUEST:
            return _NO_GUESTS
        case Tie.STRANGER:
            return _NO_STRANGERS
        case _:
            return _NOT_NAMED if terms.askers else None


def _is_named(person: Person, ids: tuple[str, ...]) -> bool:
    return not {person.id, *person.groups}.isdisjoint(ids)

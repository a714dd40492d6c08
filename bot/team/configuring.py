"""Changing what is set for a channel or a workspace, from a form or by a word."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Person, Place, PlaceSettings
from bot.team.asking import Team


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings of a place while somebody edits them; `number` is that of the ones they replace."""

    place: Place
    settings: PlaceSettings
    number: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What was changed, and what speaks against it all the same, in sentences."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...]


async def opened(team: Team, person: Person, place: Place) -> Draft:
    """Return what is set for a channel, or without one for its workspace, to be edited.

    Raises `NotAllowed`.
    """
    raise NotImplementedError


async def save(team: Team, person: Person, draft: Draft) -> Saved:
    """Check what was edited, and put it in place of what was there.

    Raises `NotAllowed`, `Changed`, `BadConfig` with a sentence on what is wrong.
    """
    raise NotImplementedError

"""What a page of the settings' form shows beside the draft, and what its parts are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from adapters.discord.incoming import Names
from bot.domain import Place
from bot.ports import ModelInfo

# Before the name of each button and menu of the form.
SET = "council:set-"


class Tab(StrEnum):
    """What a page of the form is about."""

    MEMBERS = "members"
    COURSE = "course"
    PEOPLE = "people"
    LIMITS = "limits"


LABELS: Mapping[Tab, str] = {
    Tab.MEMBERS: "Who sits",
    Tab.COURSE: "How it answers",
    Tab.PEOPLE: "Who may",
    Tab.LIMITS: "Limits",
}
_COURSE = (
    "mode",
    "is_revising",
    "shown",
    "pins",
    "language",
    "instructions",
    "deadlines",
    "time_zone",
)
_FIELDS: Mapping[Tab, tuple[str, ...]] = {
    Tab.MEMBERS: ("members", "chairman"),
    Tab.COURSE: _COURSE,
    Tab.PEOPLE: ("askers", "configurers"),
    Tab.LIMITS: ("limits",),
}
_SERVERS_LIMITS = ("per_person", "questions_per_hour", "refuses_unknown_prices", "retention_days")


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows beside the draft.

    `notes` are in our own markup. `finds` are models to choose from, `presets` those to put in,
    `cost` is what a question to this council costs. `names` tells roles from people.
    """

    tab: Tab
    notes: Sequence[str] = ()
    finds: Sequence[ModelInfo] = ()
    presets: Sequence[str] = ()
    cost: str | None = None
    names: Names = field(default_factory=Names)


def fields_of(place: Place, tab: Tab) -> tuple[str, ...]:
    """Return the fields that a page is about."""
    more = _SERVERS_LIMITS if tab is Tab.LIMITS and not place.channel else ()
    return (*_FIELDS[tab], *more)

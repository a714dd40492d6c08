"""Questions that repeat: adding and changing them, and asking them when they are due."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Person, Place, Schedule
from bot.team.asking import Team


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wrote for a schedule: when, as they typed it, and the question."""

    typed: str
    question: str
    takes_discussion: bool = False


async def add(team: Team, person: Person, place: Place, plan: Plan) -> Schedule:
    """Add a schedule to a channel, in the channel's time zone.

    Raises `NotAllowed`, `BadQuestion`, `BadConfig` with a sentence on a time that makes no sense.
    """
    raise NotImplementedError


async def edit(team: Team, person: Person, place: Place, schedule_id: str, plan: Plan) -> Schedule:
    """Change a schedule of a channel. Raises as `add`, and `NotFound`, `Changed`."""
    raise NotImplementedError

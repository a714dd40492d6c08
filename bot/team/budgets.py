"""What a council may cost: its estimate, and the caps that must have room for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.domain import Cap, Council, Estimate, Person, Place, Question, Terms
from bot.ports import ModelInfo


def estimated(question: Question, council: Council, prices: Mapping[str, ModelInfo]) -> Estimate:
    """Return what a council will probably cost, and the most that it may."""
    return Estimate(0, 0)


def caps(terms: Terms, person: Person, place: Place, now: datetime) -> tuple[Cap, ...]:
    """Return the caps that must have room for one more council."""
    return ()

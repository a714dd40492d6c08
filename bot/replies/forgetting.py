"""Deleting what was asked."""

from __future__ import annotations

from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.reply import Reply


async def forget(desk: Desk, person: Person, place: Place, what: str) -> Reply:
    """Delete a deliberation, or what a person asked. Raises `WrongUse`."""
    raise NotImplementedError

"""The questions that repeat in a channel."""

from __future__ import annotations

from bot.commands import Schedule
from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.reply import Reply


async def manage_schedules(desk: Desk, person: Person, place: Place, command: Schedule) -> Reply:
    """Show or change them. Raises `WrongUse`."""
    raise NotImplementedError

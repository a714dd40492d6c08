"""What was spent in a place, and what is left."""

from __future__ import annotations

from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.reply import Reply


async def budget(desk: Desk, person: Person, place: Place) -> Reply:
    """Say what was spent and what is left, for the channel, the workspace and the person."""
    raise NotImplementedError

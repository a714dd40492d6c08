"""The providers that a workspace brought along."""

from __future__ import annotations

from bot.commands import Keys
from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.reply import Reply


async def manage_keys(desk: Desk, person: Person, place: Place, command: Keys) -> Reply:
    """List or remove them. Raises `WrongUse`."""
    raise NotImplementedError

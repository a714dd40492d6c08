"""What is set for a channel or a workspace."""

from __future__ import annotations

from bot.commands import Config
from bot.desk import Desk
from bot.domain import Person, Place
from bot.replies.reply import Reply


async def configure(desk: Desk, person: Person, place: Place, command: Config) -> Reply:
    """Show or change what is set. Raises `WrongUse`."""
    raise NotImplementedError

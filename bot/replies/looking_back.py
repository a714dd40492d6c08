"""Deliberations and members, looked back at."""

from __future__ import annotations

from bot.desk import Desk
from bot.domain import Place
from bot.replies.reply import Reply


async def show(desk: Desk, place: Place, deliberation_id: str) -> Reply:
    """Show a deliberation of this channel again. Raises `NotFound`."""
    raise NotImplementedError


async def statistics(desk: Desk, place: Place) -> Reply:
    """Say how the members fared in this channel."""
    raise NotImplementedError

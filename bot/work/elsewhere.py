"""Work in a process that runs no deliberations itself: those that do hear of it."""

from __future__ import annotations

import asyncio

from bot.domain import Ahead, Deliberation
from bot.ports import Turns

_POLL_S = 0.25


class Elsewhere:
    """Implements `bot.ports.Work`: whatever is stored, the workers find by themselves."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def start(self, deliberation: Deliberation) -> None:
        """Leave it to the workers, who heard of its turn when it was stored."""

    async def wait(self, deliberation_id: str) -> None:
        """Return when its turn is over; that may take as long as no worker is there."""
        while await self._turns.find(deliberation_id) is not None:  # noqa: ASYNC110 a row
            await asyncio.sleep(_POLL_S)

    async def cancel(self, deliberation_id: str) -> None:
        """Leave it to its worker, who sees that it was cancelled."""

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits; nobody is before one that does not."""
        return await self._turns.ahead(deliberation_id)

    async def recover(self) -> tuple[str, ...]:
        """Leave it to the workers."""
        return ()

"""Which final answers stay pinned in a place: so many of ours, the newest."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from bot.domain import Place
from bot.errors import ChatError, ChatRefused, StorageError
from bot.phrases import lowered
from bot.ports import Pins

# At most so many are unpinned with one pin: what is left goes with the next.
_MOST_UNPINNED = 15


class BoardFull(ChatRefused):
    """The platform holds no further pin in this place."""


class Board(Protocol):
    """Pinning as a platform does it. Methods raise `ChatError`."""

    async def add(self, message_id: str, place: Place) -> None:
        """Pin a message; one that is pinned already is fine. Raises `BoardFull`."""
        ...

    async def remove(self, message_id: str, place: Place) -> None:
        """Unpin a message; one that is not pinned, or gone, is fine."""
        ...


class Pinboard:
    """Pins, and unpins our oldest past the number that is kept; none is pinned if that is 0."""

    def __init__(self, board: Board, pins: Pins, *, most: int) -> None:
        self._board = board
        self._pins = pins
        self._most = most

    async def pin(self, message_id: str, place: Place, *, keep: int | None = None) -> None:
        """Pin a message, and keep so many, None for the usual number.

        Raises `ChatError`; `ChatRefused` says why it is not pinned.
        """
        most = self._most if keep is None else keep
        if most == 0:
            return
        try:
            await self._add(message_id, place)
        except ChatRefused as refused:
            message = f"The final answer is not pinned: {lowered(str(refused))}"
            raise ChatRefused(message) from refused
        with suppress(StorageError):
            await self._pins.add(place, message_id)
        await self._remove(place, keep=most, most=_MOST_UNPINNED)

    async def _add(self, message_id: str, place: Place) -> None:
        try:
            await self._board.add(message_id, place)
        except BoardFull:
            if not await self._remove(place, keep=0, most=1):
                raise
            await self._board.add(message_id, place)

    async def _remove(self, place: Place, *, keep: int, most: int) -> int:
        """Unpin our oldest, so far as that goes; return how many."""
        count = 0
        # What fails is tried again with the next pin.
        with suppress(ChatError, StorageError):
            for message_id in (await self._pins.oldest(place, beyond=keep))[:most]:
                await self._board.remove(message_id, place)
                await self._pins.remove(place, message_id)
                count += 1
        return count

"""Which final answers stay pinned, whatever the platform says."""

from __future__ import annotations

import pytest

from bot.domain import Place
from bot.errors import ChatRefused
from bot.pinboard import BoardFull, Pinboard
from tests.fakes.workspaces import FakePins

PLACE = Place("chat", "acme", "general")


class Board:
    """A board with room for so many."""

    def __init__(self, room: int = 100) -> None:
        self.pinned: list[str] = []
        self.room = room
        self.fault: Exception | None = None

    async def add(self, message_id: str, place: Place) -> None:
        if self.fault is not None:
            raise self.fault
        if len(self.pinned) == self.room:
            message = "Full it is."
            raise BoardFull(message)
        self.pinned.append(message_id)

    async def remove(self, message_id: str, place: Place) -> None:
        if message_id in self.pinned:
            self.pinned.remove(message_id)


async def test_our_oldest_go_past_the_number_that_is_kept() -> None:
    board = Board()
    pinboard = Pinboard(board, FakePins(), most=2)

    for message_id in "abc":
        await pinboard.pin(message_id, PLACE)

    assert board.pinned == ["b", "c"]


async def test_none_is_pinned_if_none_is_kept() -> None:
    board = Board()

    await Pinboard(board, FakePins(), most=0).pin("a", PLACE)

    assert board.pinned == []


async def test_a_full_board_gives_our_oldest_away() -> None:
    board = Board(room=1)
    pinboard = Pinboard(board, FakePins(), most=5)

    await pinboard.pin("a", PLACE)
    await pinboard.pin("b", PLACE)

    assert board.pinned == ["b"]


async def test_a_board_that_is_full_of_others_is_said() -> None:
    board = Board(room=1)
    board.pinned = ["theirs"]

    with pytest.raises(ChatRefused, match=r"The final answer is not pinned: full it is\."):
        await Pinboard(board, FakePins(), most=5).pin("a", PLACE)

    assert board.pinned == ["theirs"]

"""The fake channels keep the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bot.domain import Person, Place, Remark
from tests.contracts.rooms import RoomsContract
from tests.fakes.rooms import FakeRooms

PLACE = Place("fake", "W", "C")


@dataclass
class FakeHouse:
    rooms: FakeRooms = field(default_factory=FakeRooms)
    place: Place = field(default=PLACE)
    ada: str = "U1"

    def __post_init__(self) -> None:
        self.rooms.people[self.ada] = Person(self.ada, "Ada")

    async def say(self, text: str) -> None:
        said = (datetime.now(UTC), Remark("Ada", text))
        self.rooms.remarks.setdefault(self.place.channel, []).append(said)

    async def take_away(self) -> None:
        self.rooms.faults[self.place.channel] = "The channel is no longer there."

    async def told(self) -> list[str]:
        return [sentence for person, sentence in self.rooms.told if person == self.ada]

    async def posted(self) -> list[str]:
        return []


class TestFakeRooms(RoomsContract):
    @pytest.fixture
    def house(self) -> FakeHouse:
        return FakeHouse()

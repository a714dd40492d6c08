"""What every platform's channels must do for schedules; a subclass gives the `house` fixture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from bot.domain import Place, Tie
from bot.errors import ChatRefused
from bot.ports import Rooms


class House(Protocol):
    """A channel with Ada in it, to whom `ada` is the id."""

    @property
    def rooms(self) -> Rooms: ...

    @property
    def place(self) -> Place: ...

    @property
    def ada(self) -> str: ...

    async def say(self, text: str) -> None:
        """Let Ada say something in the channel, now."""
        ...

    async def take_away(self) -> None:
        """Let the channel be gone."""
        ...

    async def told(self) -> list[str]:
        """Return what Ada was told, and nobody else."""
        ...

    async def posted(self) -> list[str]:
        """Return what the bot has posted in the channel."""
        ...


class RoomsContract:
    """Run this against an implementation by a subclass with a `house` fixture."""

    async def test_where_all_is_well_there_is_no_fault(self, house: House) -> None:
        assert await house.rooms.fault(house.place) is None

    async def test_a_channel_that_is_gone_is_a_fault_in_a_sentence(self, house: House) -> None:
        await house.take_away()

        fault = await house.rooms.fault(house.place)

        assert fault is not None
        assert fault.endswith(".")

    async def test_somebody_is_known_by_name(self, house: House) -> None:
        person = await house.rooms.person(house.place, house.ada)

        assert (person.id, person.name, person.is_admin) == (house.ada, "Ada", False)
        assert person.tie is Tie.MEMBER

    async def test_somebody_who_is_gone_is_refused_in_a_sentence(self, house: House) -> None:
        with pytest.raises(ChatRefused, match=r"\.$"):
            await house.rooms.person(house.place, "404")

    async def test_what_was_said_since_comes_the_oldest_first(self, house: House) -> None:
        for text in ("one", "two", "three"):
            await house.say(text)

        since = datetime.now(UTC) - timedelta(minutes=5)
        said = await house.rooms.said(house.place, since, most=2)

        assert [(remark.speaker, remark.text) for remark in said] == [
            ("Ada", "two"),
            ("Ada", "three"),
        ]

    async def test_what_was_said_before_stays_out(self, house: House) -> None:
        await house.say("one")

        since = datetime.now(UTC) + timedelta(minutes=5)

        assert await house.rooms.said(house.place, since, most=10) == ()

    async def test_one_person_is_told_and_nobody_else(self, house: House) -> None:
        await house.rooms.tell(house.place, house.ada, "Your question is paused.")

        (told,) = await house.told()
        assert "Your question is paused." in told
        assert await house.posted() == []

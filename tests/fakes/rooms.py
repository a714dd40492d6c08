"""Channels of a chat platform, in memory."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from bot.domain import Person, Place, Remark
from bot.errors import ChatError, ChatRefused


class FakeRooms:
    """Implements `bot.ports.Rooms`: everything is fine until a test says otherwise.

    `faults` are by channel, `people` by id, `remarks` what was said in channels, with when.
    `told` lists who was told what. Calls raise what is in `breaks` first, one error each.
    """

    def __init__(self) -> None:
        self.faults: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.remarks: dict[str, list[tuple[datetime, Remark]]] = {}
        self.told: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self._breaks: deque[ChatError] = deque()

    def break_next(self, *errors: ChatError) -> None:
        """Let the next calls raise these errors, one each."""
        self._breaks.extend(errors)

    async def fault(self, place: Place) -> str | None:
        """Return why the council cannot answer there."""
        self._call("fault")
        return self.faults.get(place.channel)

    async def person(self, place: Place, person_id: str) -> Person:
        """Return somebody who was put into `people`."""
        self._call("person")
        if person_id not in self.people:
            message = "This person is not here any more."
            raise ChatRefused(message)
        return self.people[person_id]

    async def said(self, place: Place, since: datetime, *, most: int) -> tuple[Remark, ...]:
        """Return the latest of what was said since a moment."""
        self._call("said")
        remarks = self.remarks.get(place.channel, [])
        return tuple(remark for at, remark in remarks if at > since)[-most:]

    async def tell(self, place: Place, person_id: str, sentence: str) -> None:
        """Note who was told what."""
        self._call("tell")
        self.told.append((person_id, sentence))

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self._breaks:
            raise self._breaks.popleft()

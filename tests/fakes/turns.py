"""Turns in memory, as strict as the real ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.domain import Ahead, Place, State, Tenant, Turn
from bot.domain.turns import fair
from tests.fakes.records import FakeRecords


class FakeTurns:
    """The turns in `FakeRecords`."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def take(
        self,
        platforms: Collection[str],
        by: str,
        most: int,
        *,
        per_channel: int | None = None,
        served: Sequence[Tenant] = (),
    ) -> tuple[Turn, ...]:
        """Take turns for a process, fairly."""
        self._records.check()
        free = self._free(platforms, per_channel)
        running = Counter(self._place(turn).tenant for turn in self._all() if turn.taken_by)
        chosen = fair(free, running, served, most)
        for turn in chosen:
            self._records.turns[turn.deliberation_id] = by
        return tuple(chosen)

    async def keep(self, deliberation_ids: Sequence[str], by: str) -> None:
        """Note whose they are now."""
        self._records.check()
        self._put(deliberation_ids, by)

    async def give_back(self, deliberation_ids: Sequence[str], by: str | None = None) -> None:
        """Let taken ones wait again."""
        self._records.check()
        turns = self._records.turns
        self._put([each for each in deliberation_ids if by in (None, turns.get(each))], None)

    async def release(self, deliberation_id: str) -> None:
        """End the turn of one that has ended."""
        self._records.check()
        known = self._records.known.get(deliberation_id)
        if known is not None and known.state.is_final:
            self._records.turns.pop(deliberation_id, None)

    async def taken(self, platforms: Collection[str]) -> tuple[Turn, ...]:
        """Return all that are taken."""
        self._records.check()
        return tuple(
            turn
            for turn in self._all()
            if turn.taken_by is not None and turn.tenant.platform in platforms
        )

    async def find(self, deliberation_id: str) -> Turn | None:
        """Return one, None if it is over."""
        self._records.check()
        return self._turn(deliberation_id) if deliberation_id in self._records.turns else None

    async def cancelled(self, deliberation_ids: Collection[str]) -> tuple[str, ...]:
        """Return which of these deliberations were cancelled."""
        self._records.check()
        known = self._records.known
        return tuple(
            each
            for each in deliberation_ids
            if each in known and known[each].state is State.CANCELLED
        )

    async def ahead(self, deliberation_id: str) -> Ahead:
        """Say how many are before one that waits."""
        its = await self.find(deliberation_id)
        if its is None or its.taken_by is not None:
            return Ahead()
        place, line = self._place(its), _in_order(turn for turn in self._all() if not turn.taken_by)
        before = line[: line.index(its)]
        here = [turn for turn in self._all() if turn.taken_by] + before
        return Ahead(
            in_channel=sum(_channel(self._place(turn)) == _channel(place) for turn in here),
            in_workspace=sum(turn.tenant == its.tenant for turn in before),
            in_all=len(before),
        )

    async def mend(self, platforms: Collection[str], besides: Collection[str] = ()) -> None:
        """Give a turn to those that have not ended and have none."""
        self._records.check()
        for known in self._records.known.values():
            is_meant = known.question.place.platform in platforms and known.id not in besides
            if is_meant and not known.state.is_final:
                self._records.turns.setdefault(known.id, None)

    def _free(self, platforms: Collection[str], per_channel: int | None) -> list[Turn]:
        """Return those that wait and whose channel is free, in the order they were asked."""
        busy = Counter(_channel(self._place(turn)) for turn in self._all() if turn.taken_by)
        free: set[str] = set()
        for turn in _in_order(turn for turn in self._all() if not turn.taken_by):
            channel = _channel(self._place(turn))
            busy[channel] += 1
            if per_channel is None or busy[channel] <= per_channel:
                free.add(turn.deliberation_id)
        return [
            turn
            for turn in self._all()
            if turn.deliberation_id in free and turn.tenant.platform in platforms
        ]

    def _put(self, deliberation_ids: Iterable[str], by: str | None) -> None:
        for deliberation_id in deliberation_ids:
            if deliberation_id in self._records.turns:
                self._records.turns[deliberation_id] = by

    def _all(self) -> list[Turn]:
        return [self._turn(deliberation_id) for deliberation_id in self._records.turns]

    def _turn(self, deliberation_id: str) -> Turn:
        known = self._records.known[deliberation_id]
        return Turn(
            deliberation_id,
            known.epoch,
            known.question.place.tenant,
            is_scheduled=known.question.is_scheduled,
            taken_by=self._records.turns[deliberation_id],
            is_over=known.state.is_final,
        )

    def _place(self, turn: Turn) -> Place:
        return self._records.known[turn.deliberation_id].question.place


def _in_order(turns: Iterable[Turn]) -> list[Turn]:
    """Put people before schedules; both keep the order in which they were asked."""
    return sorted(turns, key=lambda turn: turn.is_scheduled)


def _channel(place: Place) -> tuple[str, str, str]:
    return place.platform, place.workspace, place.channel

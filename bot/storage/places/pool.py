"""One key's places as far as this process has them: who uses them, who waits, what others get."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

# A place that nobody here has used for so long is given back.
_KEEP_S = 1.0


@dataclass(slots=True, eq=False)
class Held:
    """A place in use; a lost one is no longer ours, but its call goes on."""

    number: int
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """Another process, as the server knows it: how many places it has, and how many more it wants.

    The server knows nothing of whoever has none and wants none.
    """

    has: int
    wants: int


class Pool:
    """What this process has of one key's places. Decides, and does nothing by itself.

    `number` is what the server calls the key. Of `most` places this process asks for more only
    while it has waiting callers, and lets go of what it owes as soon as calls end.
    """

    def __init__(self, key: str, most: int) -> None:
        self.number = _number(key)
        self.most = most
        self.out: set[Held] = set()
        self.returned: list[int] = []
        self.told = 0
        self.next_try = 0.0
        self.owes = 0
        self.is_crowded = False
        self._free: list[tuple[int, float]] = []
        self._waiting: deque[asyncio.Future[Held]] = deque()
        self._is_wanted = self._stands_back = False

    @property
    def locked(self) -> list[int]:
        """The places that are ours as far as we know."""
        out = (held.number for held in self.out if not held.is_lost)
        return [*out, *(number for number, _ in self._free), *self.returned]

    @property
    def has_waiting(self) -> bool:
        """Somebody here waits for a place."""
        return bool(self._waiting)

    @property
    def is_over(self) -> bool:
        """Nothing is left to be done for it."""
        return not (self.out or self._waiting or self._free or self.returned or self.told)

    @property
    def wants(self) -> int:
        """How many more places this process wants."""
        if self._stands_back:
            return 0
        room = self.most - len(self.out) - len(self._free) - len(self.returned)
        return max(0, min(len(self._waiting), room))

    def take(self) -> Held | None:
        """Return a free place, unless others here came before."""
        return None if self._waiting or not self._free else self._use()

    def wait(self) -> asyncio.Future[Held]:
        """Return what becomes a place when one is free."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        return waiter

    def forget(self, waiter: asyncio.Future[Held]) -> None:
        """Let go of somebody who no longer waits."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)

    def leave(self, held: Held, now: float) -> None:
        """Take a place back from a call that ended."""
        self.out.discard(held)
        if held.is_lost:
            return
        if self.owes or (self._is_wanted and not self._waiting):
            self.owes = max(0, self.owes - 1)
            self.returned.append(held.number)
        else:
            self._free.append((held.number, now))

    def gain(self, numbers: Sequence[int], now: float) -> None:
        """Add places that are ours now."""
        self._free += [(number, now) for number in numbers]

    def serve(self) -> None:
        """Give free places to those who wait."""
        while self._waiting and self._free:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(self._use())

    def consider(self, others: Sequence[Other], now: float) -> None:
        """Decide from what others have and want what they get of ours."""
        ours = len(self.locked)
        self._is_wanted = any(other.wants for other in others)
        others_have = sum(other.has for other in others)
        self.is_crowded = self._is_wanted or bool(self._waiting) or ours + others_have >= self.most
        self.owes = owed(ours, others)
        self._stands_back = self.owes > 0
        spare = [number for number, since in self._free if self._is_spare(since, now)]
        # What is waited for here may be needed in a moment, unless it is owed.
        spare = spare[: self.owes] if self._waiting else spare
        self._free = [each for each in self._free if each[0] not in spare]
        self.returned += spare
        self.owes = max(0, self.owes - len(spare))

    def lose(self) -> None:
        """Note that no place is ours any more; calls go on."""
        for held in self.out:
            held.is_lost = True
        self._free.clear()
        self.returned.clear()
        self.told = self.owes = 0
        self._is_wanted = self._stands_back = False

    def regain(self, numbers: Sequence[int]) -> None:
        """Note which of the lost places are ours again."""
        lost = {held.number: held for held in self.out if held.is_lost}
        for number in numbers:
            if number in lost:
                lost[number].is_lost = False
            else:  # its call ended meanwhile
                self.returned.append(number)

    def _use(self) -> Held:
        held = Held(self._free.pop()[0])
        self.out.add(held)
        return held

    def _is_spare(self, since: float, now: float) -> bool:
        return self._is_wanted or now - since >= _KEEP_S


def owed(ours: int, others: Sequence[Other]) -> int:
    """Return how many places to give to those who want some and have fewer.

    Half of what we have more than the poorest of them, rounded up: who has none always gets one,
    and those who have equally many leave each other alone.
    """
    poorer = [other for other in others if other.wants and other.has < ours]
    if not poorer:
        return 0
    more = ours - min(other.has for other in poorer)
    return min((more + 1) // 2, sum(other.wants for other in poorer))


def _number(key: str) -> int:
    """Return a key's number; two keys that met would merely share their places."""
    digest = hashlib.sha256(f"council places:{key}".encode()).digest()
    return int.from_bytes(digest[:4], "big", signed=True)

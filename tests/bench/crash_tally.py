"""What came of all the killing, by where it happened, with every promise that was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.e2e.crash import Fault, Promise

_LABEL = 52
_COLUMN = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """A platform on a database."""

    platform: str
    database: str


@dataclass(slots=True)
class Count:
    """What came of the cases of one cell so far.

    `doubled` are messages that stand there twice where the bot may not look for them.
    """

    deaths: Counter[str] = field(default_factory=Counter[str])
    escapes: int = 0
    deliberations: int = 0
    requests: int = 0
    recorded: int = 0
    doubled: int = 0
    broken: Counter[Promise] = field(default_factory=Counter[Promise])


class Tally:
    """Counts by cell, and what was broken with all that led to it."""

    def __init__(self) -> None:
        self.counts: dict[Cell, Count] = {}
        self.broken: list[str] = []

    def begin(self, cells: Iterable[Cell]) -> None:
        """Give each cell its column, in this order."""
        for cell in cells:
            self.counts[cell] = Count()

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(count.deaths.total() for count in self.counts.values())

    def blame(self, cell: Cell, faults: Iterable[Fault], course: Iterable[str]) -> None:
        """Note broken promises."""
        for fault in faults:
            self.counts[cell].broken[fault.promise] += 1
            where = f"{cell.platform} on {cell.database}: {fault.promise}: {fault.what}"
            self.broken.append("\n    ".join((where, *course)))

    def lines(self) -> Iterator[str]:
        """Write the table."""
        cells = list(self.counts)
        yield _row("", [cell.platform for cell in cells])
        yield _row("", [cell.database for cell in cells])
        ways = sorted({way for count in self.counts.values() for way in count.deaths})
        for way in ways:
            yield self._row(f"killed at {way}", lambda count, way=way: count.deaths[way])
        yield self._row("kills", lambda count: count.deaths.total())
        yield self._row("ended before", lambda count: count.escapes)
        yield self._row("deliberations on record", lambda count: count.deliberations)
        yield self._row("requests to models", lambda count: count.requests)
        yield self._row("  of them lost in flight", lambda count: count.requests - count.recorded)
        yield self._row("posted twice where it may not look", lambda count: count.doubled)
        for promise in Promise:
            label = f"broken: {promise}"
            yield self._row(label, lambda count, promise=promise: count.broken[promise])
        yield from self.broken

    def _row(self, label: str, number: Callable[[Count], int]) -> str:
        numbers = [number(count) for count in self.counts.values()]
        return _row(label, [str(each) for each in numbers], str(sum(numbers)))


def _row(label: str, values: Iterable[str], total: str = "all") -> str:
    return f"{label:<{_LABEL}}" + "".join(f"{value:>{_COLUMN}}" for value in (*values, total))

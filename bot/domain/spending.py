"""What a council costs and what it may cost, in micros: millionths of a US dollar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Window(StrEnum):
    """How long a limit counts before it begins anew."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a council will probably cost, and the most that is set aside for it.

    `unpriced` are the models whose price nobody knows: they are counted at a cap. `calls` are those
    that the most pays for.
    """

    micros: int
    most_micros: int
    unpriced: tuple[str, ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be spent under a key, such as `channel:C1:day:2026-11-24`, until `resets_at`.

    Of the limits None is none: then it is only counted. Several caps may share a key. `whose` names
    it at the beginning of a sentence: "This channel", "You". `time_zone` is the IANA name of the
    zone whose day or month it is.
    """

    key: str
    whose: str
    resets_at: datetime
    most_micros: int | None = None
    most_councils: int | None = None
    window: Window = Window.DAY
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a council is set down for: its estimate, and the caps that must have room for it."""

    estimate: Estimate
    caps: tuple[Cap, ...] = ()

    @property
    def is_capped(self) -> bool:
        """Money is limited somewhere, so the council must keep to what was set aside."""
        return any(cap.most_micros is not None for cap in self.caps)


@dataclass(frozen=True, slots=True)
class Spent:
    """What is spent, or set aside, under a key."""

    micros: int = 0
    councils: int = 0

"""What a team has set for a channel or a workspace; what is None is inherited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.council import Deadlines, Mode, Seat, Shown


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent, in US dollars and in councils; None is no limit.

    Days and months are those of the time zone that applies in the place.
    """

    usd_day: float | None = None
    usd_month: float | None = None
    councils_day: int | None = None
    councils_month: int | None = None

    @property
    def is_none(self) -> bool:
        """Nothing is limited."""
        return self == Limits()


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """What holds in a channel, or in a workspace for all channels that say nothing else.

    `askers` and `configurers` are ids of people, groups and roles, as the platform names them; an
    empty tuple is everyone, or the platform's admins. `pins` are final answers that stay pinned, 0
    for none. `per_person` limits each person, `whole` the place itself. The last three are a
    workspace's alone.
    """

    members: tuple[Seat, ...] | None = None
    chairman: Seat | None = None
    mode: Mode | None = None
    is_revising: bool | None = None
    shown: Shown | None = None
    pins: int | None = None
    language: str | None = None
    instructions: str | None = None
    deadlines: Deadlines | None = None
    time_zone: str | None = None
    askers: tuple[str, ...] | None = None
    configurers: tuple[str, ...] | None = None
    whole: Limits | None = None
    per_person: Limits | None = None
    questions_per_hour: int | None = None
    refuses_unknown_prices: bool | None = None
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of settings: who changed what, when; `lines` say it in words."""

    person_id: str
    person: str
    made_at: datetime
    lines: tuple[str, ...]

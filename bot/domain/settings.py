"""What a team has set for a channel or a workspace, and what holds in a place after that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.council import Council, Deadlines, Mode, Seat, Shown


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent, in US dollars and in councils; None is no limit.

    Days and months are those of the time zone that applies in the place.
    """

    usd_day: float | None = None
    usd_month: float | None = None
    councils_day: int | None = None
    councils_month: int | None = None


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """What is set for a channel, or for a workspace and all its channels; None is inherited.

    `language` and `instructions` are empty where a team wants none although it would inherit some.
    `askers` and `configurers` are ids of people, groups and roles as the platform names them; empty
    is everyone, or the platform's admins. `pins` are the final answers that stay pinned. `limits`
    hold for the place as a whole. What follows them is a workspace's alone: `per_person` limits
    each person in it, and so does `questions_per_hour`.
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
    limits: Limits | None = None
    per_person: Limits | None = None
    questions_per_hour: int | None = None
    refuses_unknown_prices: bool | None = None
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds in a place: who sits, who may do what, and what it may cost.

    `time_zone` is an IANA name, and so is `workspace_time_zone`, by which the days and months of
    the workspace and of each person are counted. `channel`, `workspace` and `person` are limits
    that hold beside each other. `operator` are those of whoever runs the bot, for each workspace.
    """

    council: Council
    time_zone: str = "UTC"
    askers: tuple[str, ...] = ()
    configurers: tuple[str, ...] = ()
    channel: Limits = Limits()
    workspace: Limits = Limits()
    person: Limits = Limits()
    operator: Limits = Limits()
    questions_per_hour: int | None = None
    refuses_unknown_prices: bool = False
    retention_days: int | None = None
    workspace_time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Edition:
    """Settings as they are stored; `number` grows with each change and is 0 if there are none."""

    settings: PlaceSettings = PlaceSettings()
    number: int = 0


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """Who changed what, when; `lines` say it in words. `channel` is empty for the workspace."""

    channel: str
    person_id: str
    person: str
    made_at: datetime
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnProvider:
    """A provider that a workspace brought along: its own key, perhaps its own address.

    `hint` is the end of the key, all that is shown of it. `base_url` is None for a provider that is
    known by its name.
    """

    name: str
    hint: str
    changed_at: datetime
    base_url: str | None = None
